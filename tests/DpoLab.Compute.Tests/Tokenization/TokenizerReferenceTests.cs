using DpoLab.Compute.Tokenization;
using DpoLab.Compute.Verification;
using DpoLab.Tests;

namespace DpoLab.Compute.Tests.Tokenization;

/// <summary>Every id and every decoding that the tokenizers library gave for the same files.</summary>
public sealed class TokenizerReferenceTests
{
    [Theory]
    [InlineData("gpt2-small-vocab", 267)]
    [InlineData("llama3-style", 267)]
    [InlineData("llama2-style", 267)]
    [InlineData("mistral-style", 267)]
    [InlineData("gemma-style", 263)]
    [InlineData("bert-uncased-style", 267)]
    [InlineData("roberta-style", 267)]
    public void Folder_HardStrings_EveryIdAndTextEqual(string name, int expectedRows)
    {
        var tokenizer = Tokenizer.Load(Repository.Fixture("folders", name));

        var differences = TokenizerReference.Differences(
            tokenizer, Repository.Fixture("folders", name, "expected.jsonl"), TokenizerReference.Kind.Folder, out int rows);

        Assert.Equal(expectedRows, rows);
        Assert.Empty(differences);
    }

    [Fact]
    public void Gpt2_BareVocabularyAndMerges_EveryIdEqual()
    {
        var tokenizer = Tokenizer.Load(Repository.Fixture("tokenizers-data", "gpt2"));

        var differences = TokenizerReference.Differences(
            tokenizer, Repository.Fixture("tokenizers", "gpt2.jsonl"), TokenizerReference.Kind.PlainIds, out int rows);

        Assert.Equal(1024, rows);
        Assert.Empty(differences);
    }
}
