using DpoLab.Compute.Tokenization;
using DpoLab.Compute.Verification;
using DpoLab.Tests;

namespace DpoLab.Compute.Tests.Tokenization;

/// <summary><c>tokenizer.model</c> alone, against SentencePiece itself.</summary>
public sealed class TokenizerModelFileTests : IDisposable
{
    private readonly TemporaryFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [Theory]
    [InlineData("llama2-style", 267)]
    [InlineData("mistral-style", 267)]
    [InlineData("gemma-style", 263)]
    public void ModelFileAlone_HardStrings_AsSentencePiece(string name, int expectedRows)
    {
        Copy(Repository.Fixture("folders", name), "tokenizer.model", "tokenizer_config.json");
        var tokenizer = Tokenizer.Load(scratch.Path);

        var differences = TokenizerReference.Differences(
            tokenizer, Repository.Fixture("folders", name, "expected.jsonl"), TokenizerReference.Kind.ModelFile, out int rows);

        Assert.Equal(expectedRows, rows);
        Assert.Empty(differences);
        Assert.Single(tokenizer.Notes, note => note.Contains("was read without tokenizer.json"));
    }

    [Fact]
    public void ModelFileAlone_Roles_AreThoseOfTheFile()
    {
        Copy(Repository.Fixture("folders", "llama2-style"), "tokenizer.model");
        var tokenizer = Tokenizer.Load(scratch.Path);

        Assert.Equal((1, 2), (tokenizer.BeginOfText, tokenizer.EndOfText));
        Assert.Equal(1, tokenizer.Encode("a")[0]);
        Assert.DoesNotContain(2, tokenizer.Encode("</s>"));
        Assert.Equal("</s>", tokenizer.Decode(tokenizer.Encode("</s>")));
    }

    [Fact]
    public void UnigramModelAlone_DebertaTexts_AsItsTokenizerJson()
    {
        string folder = Repository.Fixture("classifiers", "deberta", "model");
        Copy(folder, "spm.model", "tokenizer_config.json");
        var whole = Tokenizer.Load(folder);
        var alone = Tokenizer.Load(scratch.Path);

        string[] texts = [.. File.ReadLines(Repository.Fixture("folders", "gpt2-small-vocab", "expected.jsonl"))
            .Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("text").GetString()!)
            .Where(text => !text.Contains('['))];

        Assert.All(texts, text => Assert.Equal(whole.Encode(text), alone.Encode(text)));
        Assert.Equal(whole.VocabularySize, alone.VocabularySize);
    }

    [Fact]
    public void TokenizerJsonAndModelFile_JsonCountsAndANoteSaysSo()
    {
        var tokenizer = Tokenizer.Load(Repository.Fixture("folders", "mistral-style"));

        Assert.Equal(["tokenizer.json counts; tokenizer.model, which can disagree with it, was not read."], tokenizer.Notes);
    }

    [Fact]
    public void ModelFile_CutAnywhere_RefusedOrRead()
    {
        byte[] whole = File.ReadAllBytes(Repository.Fixture("folders", "llama2-style", "tokenizer.model"));
        for (int length = 0; length < whole.Length; length += 211)
        {
            scratch.Write("tokenizer.model", whole[..length]);
            try
            {
                Tokenizer.Load(scratch.Path).Encode("some text");
            }
            catch (InputException e)
            {
                Assert.Contains("tokenizer.model", e.Message);
            }
        }
    }

    private void Copy(string folder, params string[] names)
    {
        foreach (string name in names)
            File.Copy(Path.Combine(folder, name), Path.Combine(scratch.Path, name));
    }
}
