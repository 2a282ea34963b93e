using System.Diagnostics;
using System.Text;
using DpoLab.Compute.Tokenization;
using DpoLab.Compute.Verification;
using DpoLab.Tests;

namespace DpoLab.Compute.Tests.Tokenization;

public sealed class TokenizerTests : IDisposable
{
    private readonly TemporaryFolder scratch = new();

    public static TheoryData<string> Folders =>
        ["gpt2-small-vocab", "llama3-style", "llama2-style", "mistral-style", "gemma-style", "bert-uncased-style", "roberta-style"];

    public void Dispose() => scratch.Dispose();

    [Theory]
    [InlineData("gpt2-small-vocab", "vocab.json", "merges.txt")]
    [InlineData("roberta-style", "vocab.json", "merges.txt")]
    [InlineData("bert-uncased-style", "vocab.txt", "vocab.txt")]
    public void Load_WithoutTokenizerJson_SameIdsAndTexts(string folder, params string[] names)
    {
        foreach (string name in names.Append("tokenizer_config.json").Append("special_tokens_map.json").Distinct())
            File.Copy(Repository.Fixture("folders", folder, name), Path.Combine(scratch.Path, name));

        var differences = TokenizerReference.Differences(
            Tokenizer.Load(scratch.Path),
            Repository.Fixture("folders", folder, "expected.jsonl"),
            TokenizerReference.Kind.Folder,
            out _);

        Assert.Empty(differences);
    }

    [Fact]
    public void Load_Demo_RolesAndRoundTrip()
    {
        var tokenizer = Tokenizer.Load(Repository.Demo("base-model"));

        Assert.Equal(4096, tokenizer.VocabularySize);
        Assert.Equal("<|endoftext|>", tokenizer.TokenOf(tokenizer.EndOfText!.Value));
        Assert.True(tokenizer.IsSpecial(tokenizer.EndOfText.Value));
        Assert.Equal(128, tokenizer.MaxLength);
        Assert.Equal("Only time will tell, 😀 é", tokenizer.Decode(tokenizer.Encode("Only time will tell, 😀 é")));
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void EncodeAndDecode_AnyString_NeverThrows(string folder)
    {
        var tokenizer = Tokenizer.Load(Repository.Fixture("folders", folder));
        var random = new SeededRandom(folder.Length);
        string[] odd =
        [
            "\uD800", "a\uDC00b", "\uD83D", "\uDE00\uD83D", "\0", "\uFFFD\uFFFF", "<s", "<mask>", "  <mask>\n<mask>", "\u0085\u2028",
            new string('▁', 300), new string(' ', 3000), "e" + new string('\u0301', 500), "İſK",
        ];

        foreach (string text in odd.Concat(Enumerable.Range(0, 300).Select(_ => RandomText(random))))
        {
            int[] ids = tokenizer.Encode(text);
            Assert.All(ids, id => Assert.InRange(id, 0, tokenizer.VocabularySize - 1));
            tokenizer.Decode(ids, skipSpecialTokens: false);
            tokenizer.Decode([.. ids.Skip(ids.Length / 2), -1, int.MaxValue]);
        }
    }

    [Fact]
    public void Encode_LoneSurrogate_CountsAsReplacementCharacter()
    {
        var tokenizer = Tokenizer.Load(Repository.Fixture("folders", "gpt2-small-vocab"));

        Assert.Equal(tokenizer.Encode("a\uFFFDb"), tokenizer.Encode("a\uD800b"));
        Assert.Equal(tokenizer.Encode("😀\uFFFD"), tokenizer.Encode("😀\uD83D"));
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Encode_LongWord_TimeGrowsWithItsLength(string folder)
    {
        var tokenizer = Tokenizer.Load(Repository.Fixture("folders", folder));
        tokenizer.Encode(LongWord(1000));
        var clock = Stopwatch.StartNew();

        tokenizer.Encode(LongWord(200_000));

        // quadratic merging of so long a word takes minutes
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"{clock.Elapsed}");
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Encode_FromManyThreads_SameIds(string folder)
    {
        var tokenizer = Tokenizer.Load(Repository.Fixture("folders", folder));
        string text = File.ReadAllText(Repository.Demo("text.txt"))[..8000];
        int[] expected = tokenizer.Encode(text);

        Parallel.For(0, 16, i => Assert.Equal(expected, Tokenizer.Load(Repository.Fixture("folders", folder)).Encode(text)));
        Parallel.For(0, 16, i => Assert.Equal(expected, tokenizer.Encode(text)));
    }

    [Theory]
    [InlineData("gpt2-small-vocab")]
    [InlineData("llama3-style")]
    [InlineData("llama2-style")]
    [InlineData("mistral-style")]
    [InlineData("gemma-style")]
    public void DecodeContinuation_EveryCut_JoinsToTheWholeText(string folder)
    {
        var tokenizer = Tokenizer.Load(Repository.Fixture("folders", folder));
        string[] texts = ["Hello world, how are you?", "a  b   c", "one two 😀 three é four", " leading"];

        foreach (string text in texts)
        {
            int[] ids = tokenizer.Encode(text);
            string whole = tokenizer.Decode(ids);
            for (int cut = 0; cut <= ids.Length; cut++)
            {
                string before = tokenizer.Decode(ids[..cut]).TrimEnd('\uFFFD');
                Assert.Equal(whole, before + tokenizer.DecodeContinuation(ids[..cut], ids[cut..]));
            }
        }
    }

    [Fact]
    public void DecodeContinuation_SentencePiece_KeepsItsFirstSpace()
    {
        var tokenizer = Tokenizer.Load(Repository.Fixture("folders", "llama2-style"));
        int[] prompt = tokenizer.Encode("Hello");
        int[] longer = tokenizer.Encode("Hello world");

        Assert.Equal(prompt, longer[..prompt.Length]);
        Assert.Equal(" world", tokenizer.DecodeContinuation(prompt, longer[prompt.Length..]));
        Assert.Equal("world", tokenizer.Decode(longer[prompt.Length..]));
    }

    [Fact]
    public void EncodeCut_SpecialTokens_KeptWithinTheLength()
    {
        var bert = Tokenizer.Load(Repository.Fixture("folders", "bert-uncased-style"));
        int[] whole = bert.Encode("one two three four five six seven");

        Assert.Equal([.. whole[..5], whole[^1]], bert.EncodeCut("one two three four five six seven", 6));
        Assert.Equal([whole[0], whole[^1]], bert.EncodeCut("one two", 2));
    }

    private static string LongWord(int length)
    {
        var random = new SeededRandom(length);
        return string.Create(length, random, (span, r) =>
        {
            for (int i = 0; i < span.Length; i++)
                span[i] = (char)('a' + r.Next(5));
        });
    }

    private static string RandomText(SeededRandom random)
    {
        var text = new StringBuilder();
        for (int i = random.Next(40); i > 0; i--)
        {
            text.Append(random.Next(6) switch
            {
                0 => ((char)random.Next(0x80)).ToString(),
                1 => ((char)random.Next(0x10000)).ToString(), // halves of characters too
                2 => char.ConvertFromUtf32(0x10000 + random.Next(0x100000)),
                3 => " ",
                4 => new[] { "<s>", "</s>", "[MASK]", "<|endoftext|>", "<0x41>", "▁", "##", "\r\n" }[random.Next(8)],
                _ => "word",
            });
        }

        return text.ToString();
    }
}
