using System.Text.Json.Nodes;
using DpoLab.Compute.Tokenization;
using DpoLab.Tests;

namespace DpoLab.Compute.Tests.Tokenization;

/// <summary>What cannot be used is refused with the place and the name of the part.</summary>
public sealed class TokenizerRefusalTests : IDisposable
{
    private readonly TemporaryFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [Theory]
    [InlineData("""{"model":{"type":"Backpack"}}""", "tokenizer.json, model: the model type 'Backpack' is not supported.")]
    [InlineData("""{"normalizer":{"type":"Nmt"}}""", "tokenizer.json, normalizer: the normalizer 'Nmt' is not supported.")]
    [InlineData("""{"pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"UnicodeScripts"}]}}""", "tokenizer.json, pre_tokenizer.pretokenizers[0]: the pre-tokenizer 'UnicodeScripts' is not supported.")]
    [InlineData("""{"pre_tokenizer":{"type":"Split","pattern":{"Regex":"("},"behavior":"Isolated"}}""", "the regular expression '(' cannot be read")]
    [InlineData("""{"post_processor":{"type":"Quiz"}}""", "the post-processor 'Quiz' is not supported")]
    [InlineData("""{"decoder":{"type":"CTC"}}""", "the decoder 'CTC' is not supported")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0},"merges":["a b c"]}}""", "tokenizer.json, model.merges[0]: holds \"a b c\"; expected two tokens")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0,"b":1},"merges":["a b"]}}""", "the token 'ab' is not in the vocabulary")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":2000000000},"merges":[]}}""", "the token 'a' has the id 2000000000")]
    [InlineData("""{"model":{"type":"BPE","vocab":{},"merges":[]}}""", "the vocabulary is empty")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":"x"},"merges":[]}}""", "the id of 'a' is \"x\"; expected a whole number")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0},"merges":[],"dropout":0.1}}""", "random dropout of merges is not supported")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0},"merges":[],"end_of_word_suffix":"</w>"}}""", "'end_of_word_suffix' '</w>' is not supported")]
    [InlineData("""{"model":{"type":"WordPiece","vocab":{"a":0},"unk_token":"[UNK]"}}""", "the token '[UNK]' is not in the vocabulary")]
    [InlineData("""{"model":{"type":"Unigram","vocab":[["a",0.0]],"unk_id":7}}""", "'unk_id' is 7, but the vocabulary has 1 tokens")]
    [InlineData("""{"added_tokens":[{"id":-4,"content":"x"}]}""", "expected an id near those of the vocabulary")]
    [InlineData("""{"model":null}""", "'model' is missing")]
    public void Load_PartThatIsNotSupported_Named(string change, string expected)
    {
        var json = JsonNode.Parse(File.ReadAllText(Repository.Fixture("folders", "gpt2-small-vocab", "tokenizer.json")))!;
        foreach (var (key, value) in JsonNode.Parse(change)!.AsObject())
            json[key] = value?.DeepClone();
        scratch.Write("tokenizer.json", json.ToJsonString());

        var error = Assert.Throws<InputException>(() => Tokenizer.Load(scratch.Path));

        Assert.Contains(expected, error.Message);
    }

    [Theory]
    [InlineData("tokenizer.json", "{\"model\":", "is no valid JSON")]
    [InlineData("tokenizer.json", "[]", "holds [] where a JSON object was expected")]
    [InlineData("vocab.txt", "[PAD]\nword\n", "the token '[UNK]' is missing. A BERT vocabulary needs it.")]
    [InlineData("tokenizer.model", "neither this nor that", "is cut off, or neither a SentencePiece model nor a tiktoken file")]
    public void Load_MalformedFile_Named(string name, string content, string expected)
    {
        scratch.Write(name, content);

        Assert.Contains(expected, Assert.Throws<InputException>(() => Tokenizer.Load(scratch.Path)).Message);
    }

    [Fact]
    public void Load_MergesThatDoNotFit_LineNamed()
    {
        scratch.Write("vocab.json", """{"a":0,"b":1,"ab":2}""");
        scratch.Write("merges.txt", "#version: 0.2\na b\na c\n");

        Assert.Contains("merges.txt, line 3: the token 'c' is not in the vocabulary", Assert.Throws<InputException>(() => Tokenizer.Load(scratch.Path)).Message);
    }

    [Fact]
    public void Load_NoTokenizerOrNoFolder_SaysWhatWasExpected()
    {
        Assert.Contains("has no tokenizer. Expected tokenizer.json", Assert.Throws<InputException>(() => Tokenizer.Load(scratch.Path)).Message);
        Assert.Contains("no such folder", Assert.Throws<InputException>(() => Tokenizer.Load(Path.Combine(scratch.Path, "none"))).Message);
    }
}
