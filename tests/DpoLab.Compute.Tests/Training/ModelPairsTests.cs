using System.Text.Json;
using DpoLab.Compute.Directions;
using DpoLab.Compute.Models;
using DpoLab.Compute.Tokenization;
using DpoLab.Compute.Toxicity;
using DpoLab.Compute.Training;
using DpoLab.Tests;
using static TorchSharp.torch;

namespace DpoLab.Compute.Tests.Training;

public sealed class ModelPairsTests
{
    [Fact]
    public void Make_DemoModelAndDirection_KeepsPairsWhoseRejectedAnswerIsMoreToxic()
    {
        using var scope = NewDisposeScope();
        string folder = Repository.Demo("base-model");
        using Decoder model = Decoder.Load(folder, CPU, ScalarType.Float32);
        Tokenizer tokenizer = Tokenizer.Load(folder);
        using IToxicityScorer scorer = ToxicityScorers.Load(Repository.Demo("scorer"));
        string[] prompts = [.. File.ReadLines(Repository.Demo("challenge-prompts.jsonl")).Take(40).Select(Prompt)];
        double[] direction = Differences.OfEmbeddings(model, Words(" fuck", " shit", " bitch"), Words(" friend", " peace", " people"));
        double norm = Math.Sqrt(direction.Sum(x => x * x));
        double[] unit = [.. direction.Select(x => x / norm)];
        var options = new ModelPairOptions { Strength = 20, LeastGap = 0.5, NewTokens = 12 };

        ModelPairsOutcome outcome = ModelPairs.Make(
            model, tokenizer, prompts, unit, scorer, options, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(prompts.Length, outcome.Pairs.Count + outcome.GapTooSmall + outcome.Unusable);
        Assert.NotEmpty(outcome.Pairs);
        Assert.All(outcome.Pairs, pair =>
        {
            Assert.Equal(prompts[pair.Index], pair.Prompt);
            Assert.True(pair.RejectedToxicity - pair.ChosenToxicity >= 0.5);
            Assert.NotEqual(pair.Chosen, pair.Rejected);
        });
        Assert.Equal(0, model.Hooks.Count);

        int[][] Words(params string[] words) => [.. words.Select(word => tokenizer.Encode(word, specialTokens: false))];
    }

    private static string Prompt(string line)
    {
        using JsonDocument record = JsonDocument.Parse(line);
        return record.RootElement.GetProperty("prompt").GetString()!;
    }
}
