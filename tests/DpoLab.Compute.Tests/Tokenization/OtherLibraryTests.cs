using DpoLab.Tests;
using Microsoft.ML.Tokenizers;
using Tokenizer = DpoLab.Compute.Tokenization.Tokenizer;

namespace DpoLab.Compute.Tests.Tokenization;

/// <summary>
/// A second opinion on much real text: Microsoft.ML.Tokenizers, which is exact for byte-level BPE when it is given GPT-2's own expression.
/// </summary>
public sealed class OtherLibraryTests
{
    private const string Words = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    [Fact]
    public void Gpt2_EveryTextOfTheDemo_SameIdsAsMicrosoftsLibrary()
    {
        string folder = Repository.Fixture("tokenizers-data", "gpt2");
        var ours = Tokenizer.Load(folder);
        var theirs = BpeTokenizer.Create(new BpeOptions(Path.Combine(folder, "vocab.json"), Path.Combine(folder, "merges.txt"))
        {
            ByteLevel = true,
            PreTokenizer = new RegexPreTokenizer(new System.Text.RegularExpressions.Regex(Words, default, TimeSpan.FromSeconds(5)), null),
        });
        string[] texts =
        [
            .. File.ReadLines(Repository.Demo("comments.csv")), .. File.ReadLines(Repository.Demo("text.txt")), File.ReadAllText(Repository.Demo("text.txt")),
        ];

        Assert.All(texts, text => Assert.Equal(theirs.EncodeToIds(text), ours.Encode(text)));
    }
}
