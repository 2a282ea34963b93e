using System.Text.Json;
using DpoLab.Compute.Neurons;
using DpoLab.Compute.Tokenization;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Tests.Science;

namespace DpoLab.Tests.Neurons;

/// <summary>What a neuron's page asks the models, against the reference values of the statistics.</summary>
public sealed class NeuronFiringTests
{
    public static TheoryData<string> Families => ScienceFixtures.Families;

    [Theory]
    [MemberData(nameof(Families))]
    public void Activations_OfTheReferenceTexts_HaveTheReferenceMeans(string family)
    {
        using var fixture = ScienceFixtures.Open(family);
        using var decoder = fixture.LoadBase();
        double[] means = fixture.Vector("base.mean");
        int[][] generated = fixture.Json.GetProperty("statistics").GetProperty("base_generated").Deserialize<int[][]>()!;
        int perLayer = decoder.Configuration.Neurons;

        foreach (int flat in new[] { 0, perLayer + 7, means.Length - 1 })
        {
            var neuron = new NeuronIndex(flat / perLayer, flat % perLayer);
            int[][] texts = [.. fixture.Prompts.Zip(generated, (prompt, answer) => (int[])[.. prompt, .. answer])];
            var rows = NeuronFiring.Activations(decoder, neuron, texts, padId: 0, TestContext.Current.CancellationToken);

            // the positions that predict a generated token: the prompt's last to the one before the last
            double[] counted = [.. rows.SelectMany((row, i) => row[(fixture.Prompts[i].Length - 1)..^1].Select(a => (double)a))];
            Close.To(means[flat], counted.Average(), what: $"{family}, {neuron}");
        }

        Assert.Equal(0, decoder.Hooks.Count);
    }

    [Fact]
    public void Activations_OtherCompany_AreTheSame()
    {
        using var fixture = ScienceFixtures.Open("llama31");
        using var decoder = fixture.LoadBase();
        var neuron = new NeuronIndex(1, 3);
        int[][] texts = [[5, 6, 7, 8, 9], [10, 11], [12, 13, 14]];

        var together = NeuronFiring.Activations(decoder, neuron, texts, padId: 0, TestContext.Current.CancellationToken);

        Assert.Equal([5, 2, 3], together.Select(row => row.Length));
        for (int i = 0; i < texts.Length; i++)
        {
            var alone = NeuronFiring.Activations(decoder, neuron, [texts[i]], padId: 0, TestContext.Current.CancellationToken)[0];
            Close.To([.. alone.Select(a => (double)a)], [.. together[i].Select(a => (double)a)]);
        }
    }

    [Theory]
    [InlineData("gpt2")]
    [InlineData("gemma2")]
    public void Look_Vectors_AgreeWithStatisticsAndLens(string family)
    {
        using var fixture = ScienceFixtures.Open(family);
        using var before = fixture.LoadBase();
        using var after = fixture.LoadTuned();
        var tokenizer = Tokenizer.Load(Repository.Demo("base-model"));
        var neuron = new NeuronIndex(1, 5);
        int flat = before.Configuration.Neurons + 5;

        var look = NeuronVectors.Look(before, after, tokenizer, neuron, fixture.Vector("direction"), Protocol.Corrected);

        Close.To(fixture.Vector("tuned.cosine")[flat], look.CosineAfter);
        var promoted = LogitLens.OfNeurons(before, tokenizer, [neuron], 10)[0];
        Assert.Equal(promoted.Select(t => t.Id), look.Promotes.Select(t => t.Id));
        Close.To([.. promoted.Select(t => (double)t.Logit)], [.. look.Promotes.Select(t => t.Before)]);
        Assert.True(look.Suppresses[0].Before <= look.Suppresses[^1].Before && look.Suppresses[^1].Before <= look.Promotes[^1].Before);
        Assert.Equal(look.Nearest.OrderByDescending(n => n.Cosine), look.Nearest);
        Assert.DoesNotContain(look.Nearest, n => n.Layer == 1 && n.Neuron == 5);
        Assert.InRange(look.ValueSimilarity, 0.5, 1 + 1e-9);
    }

    [Fact]
    public void Of_TwoModels_KeepsTheHighestTextsOfEither()
    {
        using var fixture = ScienceFixtures.Open("gpt2");
        using var before = fixture.LoadBase();
        var tokenizer = Tokenizer.Load(Repository.Demo("base-model"));
        (int[], int[])[] texts = [.. Enumerable.Range(0, 30).Select(i => ((int[])[i + 10, i + 11], (int[])[i + 12]))];
        float[][] rising = [.. Enumerable.Range(0, 30).Select(i => (float[])[i, -1, 0])];
        float[][] falling = [.. Enumerable.Range(0, 30).Select(i => (float[])[30 - i, -1, 0])];

        FiringLook look = NeuronFiring.Of(tokenizer, texts, rising, falling, known: 300);

        Assert.Equal((30, 300, 90), (look.Read, look.Known, look.Tokens));
        Assert.Contains(look.Texts, t => t.Prompt == 29 && t.PeakBefore == 29);
        Assert.Contains(look.Texts, t => t.Prompt == 0 && t.PeakAfter == 30);
        Assert.All(look.Texts, t => Assert.Equal((tokenizer.Decode([t.Prompt + 10, t.Prompt + 11]), 2), (t.PromptText, t.PromptTokens)));
        Assert.Equal(90, look.BinsBefore.Sum());
        Assert.Equal(29.0 / 90, look.PositiveBefore, 9);
        Assert.Equal(30.0 / 90, look.PositiveAfter, 9);
    }
}
