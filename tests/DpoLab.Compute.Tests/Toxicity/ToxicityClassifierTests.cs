using System.Text.Json.Nodes;
using DpoLab.Compute.Toxicity;
using DpoLab.Tests;
using static TorchSharp.torch;

namespace DpoLab.Compute.Tests.Toxicity;

public sealed class ToxicityClassifierTests : IDisposable
{
    private readonly TemporaryFolder scratch = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void Score_Demo_SwearingIsToxicAndThanksAreNot()
    {
        using var scorer = ToxicityScorers.Load(Repository.Demo("scorer"));

        var scores = scorer.Score(["you are a stupid bitch", "thank you for your help, my friend", ""], null, Token);

        Assert.True(scores[0] > 0.9, $"{scores[0]}");
        Assert.True(scores[1] < 0.1, $"{scores[1]}");
        Assert.NotNull(scores[2]);
        Assert.Equal("scorer (toxicity)", scorer.Name);
        Assert.Equal(64, scorer.Digest.Length);
    }

    [Fact]
    public void Score_AnyOrderAndCompany_SameScores()
    {
        using var scorer = ToxicityClassifier.Load(Repository.Fixture("classifiers", "roberta", "model"));
        string[] texts = [.. Enumerable.Range(0, 90).Select(i => string.Join(' ', Enumerable.Repeat("word and", i % 41)) + i)];

        var together = scorer.Score(texts, null, Token);
        var reversed = scorer.Score([.. texts.Reverse()], null, Token);
        double?[] alone = [.. texts.Select(t => scorer.Score([t], null, Token)[0])];

        for (int i = 0; i < texts.Length; i++)
        {
            Assert.Equal(together[i]!.Value, reversed[texts.Length - 1 - i]!.Value, 1e-6);
            Assert.Equal(together[i]!.Value, alone[i]!.Value, 1e-6);
        }
    }

    [Fact]
    public void Score_ManyTimes_NoTensorStays()
    {
        using var scorer = ToxicityClassifier.Load(Repository.Fixture("classifiers", "deberta", "model"));
        scorer.Score(["a", "b"], null, Token);
        long before = TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        for (int i = 0; i < 5; i++)
            scorer.Score(["one text", "another, longer text"], null, Token);

        Assert.Equal(before, TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Score_OuterScopeEnds_WeightsStay()
    {
        ToxicityClassifier scorer;
        using (NewDisposeScope())
            scorer = ToxicityClassifier.Load(Repository.Fixture("classifiers", "bert", "model"));
        using (scorer)
            Assert.NotNull(scorer.Score(["still here"], null, Token)[0]);
    }

    [Fact]
    public void Score_Cancelled_Stops()
    {
        using var scorer = ToxicityClassifier.Load(Repository.Fixture("classifiers", "bert", "model"));

        Assert.Throws<OperationCanceledException>(() => scorer.Score(["a"], null, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Load_OtherLabel_ThatOutputCounts()
    {
        using var insult = ToxicityClassifier.Load(Repository.Fixture("classifiers", "bert", "model"), "insult");
        using var stored = ToxicityClassifier.Load(Repository.Fixture("classifiers", "bert", "model"), "identity_hate");

        Assert.Equal(4, insult.Output.Index);
        Assert.Equal(5, stored.Output.Index); // the checkpoint's own name for what Detoxify calls identity_attack
        Assert.Equal(ScoreForm.Sigmoid, insult.Output.Form);
    }

    [Theory]
    [InlineData("model_type", "\"t5\"", "'model_type' is \"t5\"")]
    [InlineData("hidden_act", "\"swish\"", "'hidden_act' is \"swish\": only gelu is supported")]
    [InlineData("num_attention_heads", "5", "it must divide hidden_size, 64")]
    [InlineData("num_hidden_layers", "4", "tensor 'bert.encoder.layer.3.attention.self.query.weight': is missing")]
    [InlineData("intermediate_size", "145", "has the shape [144, 64], where config.json asks for [145, 64]")]
    [InlineData("vocab_size", "1999", "the tokenizer has 2000 tokens, the model 1999")]
    [InlineData("problem_type", "\"guess\"", "'problem_type' is 'guess'")]
    [InlineData("position_embedding_type", "\"relative_key\"", "only absolute is supported")]
    [InlineData("id2label", "{\"0\":\"good\",\"1\":\"bad\"}", "none of its outputs is called toxicity or toxic. The outputs are 'good', 'bad'.")]
    public void Load_ConfigurationThatDoesNotFit_Refused(string key, string value, string expected)
    {
        scratch.Fill(Repository.Fixture("classifiers", "bert", "model"));
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(scratch.Path, "config.json")))!;
        config[key] = JsonNode.Parse(value);
        scratch.Write("config.json", config.ToJsonString());

        var error = Assert.ThrowsAny<InputException>(() => ToxicityClassifier.Load(scratch.Path));

        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public void Load_DecoderFolder_RefusedAsNoClassifier()
    {
        var error = Assert.ThrowsAny<InputException>(() => ToxicityScorers.Load(Repository.Demo("base-model")));

        Assert.Contains("a scorer must be a bert, roberta or deberta-v2 sequence classifier", error.Message);
    }

    [Fact]
    public void Load_NothingThere_Refused()
    {
        Assert.Contains("no such scorer", Assert.Throws<InputException>(() => ToxicityScorers.Load(Path.Combine(scratch.Path, "x"))).Message);
        Assert.Contains("config.json", Assert.ThrowsAny<InputException>(() => ToxicityScorers.Load(scratch.Path)).Message);
    }

    [Fact]
    public void Lexicon_WordsAndWeights_CombineAndIgnoreCase()
    {
        using var scorer = ToxicityScorers.Load(scratch.Write("words.txt", "# offending\ndamn\t0.5\nhell\n\n"));

        var scores = scorer.Score(["Damn, damn!", "shell", "What the HELL", ""], null, Token);

        Assert.Equal([0.75, 0.0, 1.0, 0.0], scores);
        Assert.Contains("line 1", Assert.Throws<InputException>(() => ToxicityScorers.Load(scratch.Write("bad.txt", "a\t2"))).Message);
        Assert.Contains("no words", Assert.Throws<InputException>(() => ToxicityScorers.Load(scratch.Write("none.txt", "\n"))).Message);
    }
}
