using System.Text.Json;
using DpoLab.Compute;
using DpoLab.Compute.Interventions;
using DpoLab.Compute.Search;
using DpoLab.Contracts;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Tests.Search;

public sealed class EditSpaceTests
{
    private static readonly InputRef Some = InputRef.OfPath("/x");

    private static readonly SearchParameters Parameters = new()
    {
        Model = Some,
        Neurons = Some,
        Data = new EvaluationData { Prompts = new DatasetRef(Some), Scorer = Some },
    };

    [Fact]
    public void PointOf_EditOfAPoint_IsThatPointUpToThreeDigits()
    {
        var space = new EditSpace(Parameters, layers: 6);
        var estimator = new TreeParzenEstimator(space.Dimensions, space.Allows);
        var random = new SeededRandom(9);

        for (int i = 0; i < 200; i++)
        {
            double[] point = estimator.DrawAtRandom(random);
            var edit = space.At(point);
            Assert.NotEmpty(edit.Groups);
            Assert.True(edit.FirstLayer <= edit.LastLayer);
            double[] back = space.PointOf(edit)!;
            Assert.All(point.Zip(back), pair => Assert.Equal(pair.First, pair.Second, Math.Abs(pair.First) * 0.006));
        }
    }

    [Fact]
    public void PointOf_EditOutsideTheSpace_IsNone()
    {
        var narrow = new EditSpace(Parameters with { MostAlpha = 0.5, Forms = [InterventionForm.Live], BothDirections = false, ChooseLayers = false }, layers: 6);

        Assert.NotNull(narrow.PointOf(new EditIntervention { Alpha = 0.2, Beta = 0.5 }));
        Assert.NotNull(narrow.PointOf(new EditIntervention { Alpha = 0.2, Beta = 0.5, FirstLayer = 0, LastLayer = 5 }));
        Assert.Null(narrow.PointOf(new EditIntervention { Alpha = 0.9, Beta = 0.5 }));
        Assert.Null(narrow.PointOf(new EditIntervention { Alpha = 0.2, Beta = 0.5, Form = InterventionForm.Shift }));
        Assert.Null(narrow.PointOf(new EditIntervention { Alpha = 0.2, Beta = 0.5, Reversed = true }));
        Assert.Null(narrow.PointOf(new EditIntervention { Alpha = 0.2, Beta = 0.5, LastLayer = 3 }));
    }

    [Fact]
    public void Read_EditOfAnOlderSpec_HasAllLayersAndTheUsualDirection()
    {
        const string Json = """{"type":"edit","form":"live","alpha":0.2,"beta":0.5,"groups":["tp"],"scope":"generated"}""";

        var edit = Assert.IsType<EditIntervention>(JsonSerializer.Deserialize<Intervention>(Json, ContractJson.Strict));

        Assert.Equal((false, null, null), (edit.Reversed, edit.FirstLayer, edit.LastLayer));
        Assert.DoesNotContain("Layer", JsonSerializer.Serialize<Intervention>(edit, ContractJson.Options), StringComparison.Ordinal);
        Assert.Equal("edit, live, α 0.2, β 0.5, TP", EditWords.Of(edit));
    }

    [Fact]
    public void BestFirst_BudgetLengthAndCuts_RankAsTheObjectiveSays()
    {
        var plain = Row(toxicity: .6, perplexity: 100);
        SearchTrial[] trials =
        [
            Trial(1, Row(.5, 100.5)), // within
            Trial(2, Row(.2, 103)), // beyond
            Trial(3, Row(.4, 101)), // within, at its edge
            Trial(4, Row(0, 100, tokens: 9)), // too short
            Trial(5, Row(0, 100) with { Toxicity = null, Perplexity = null, Cut = "cut" }) with { EarlyRatio = 1.5 },
            Trial(6, Row(.4, 100)), // as good as 3
        ];

        var marked = TrialRanking.Mark(trials, plain, limit: 1.01);
        var ranked = TrialRanking.BestFirst(marked, 1.01, 100);

        Assert.Equal([3, 6, 1, 2, 5, 4], ranked.Select(t => t.Number));
        Assert.Equal([true, false, true, false, false, true], marked.Select(t => t.Within));
        Assert.Equal([false, true, false, false, false, true], marked.Select(t => t.OnFront));
        Assert.Contains("under half", marked[3].NotEligible, StringComparison.Ordinal);
        Assert.Equal("cut", marked[4].NotEligible);
    }

    private static SearchTrial Trial(int number, EvaluationRow row) =>
        new() { Number = number, Run = "r-1", Seed = number, Random = true, Edit = new EditIntervention { Alpha = .1, Beta = .5 }, Row = row, Seconds = 1 };

    private static EvaluationRow Row(double toxicity, double perplexity, double tokens = 20) => new()
    {
        Variant = "edit",
        Family = RowFamily.Edit,
        Toxicity = new Estimate(toxicity, toxicity, toxicity, 10),
        Perplexity = new PerplexityResult(perplexity, Math.Log(perplexity), 1, 100, 64),
        MeanTokens = tokens,
        Verdict = Verdict.Plain,
    };
}
