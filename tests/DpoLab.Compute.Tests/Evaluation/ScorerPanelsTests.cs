using DpoLab.Compute.Evaluation;
using DpoLab.Compute.Neurons;
using DpoLab.Compute.Toxicity;
using DpoLab.Contracts.Results;

namespace DpoLab.Tests.Evaluation;

public sealed class ScorerPanelsTests
{
    private static readonly Bootstrap Intervals = new(500);

    [Fact]
    public void Spearman_RisingCurveAndTies_FollowsTheRanks()
    {
        // scipy.stats.spearmanr([1, 2, 3, 4], [1, 10, 100, 1000]) is 1; of ([1, 2, 2, 3], [4, 1, 3, 2]) it is -.6324555320336759.
        Assert.Equal(1, SampleStatistics.Spearman([1, 2, 3, 4], [1, 10, 100, 1000]), 1e-12);
        Assert.Equal(-.6324555320336759, SampleStatistics.Spearman([1, 2, 2, 3], [4, 1, 3, 2]), 1e-12);
        Assert.True(double.IsNaN(SampleStatistics.Spearman([1, 1], [1, 2])));
    }

    [Fact]
    public void Of_OneScorer_IsNoPanel() => Assert.Null(ScorerPanels.Of([new Named("a")], [Row("x", (.1, null))], Intervals));

    [Fact]
    public void Of_ScorersThatOrderRowsDifferently_CountsAndNamesThem()
    {
        // by the first a < b < c; by the second b < a < c, and every prompt says so
        var panel = ScorerPanels.Of(
            [new Named("one"), new Named("two")],
            [Row("a", (.1, .5), (.1, .6), (.2, .7)), Row("b", (.4, .1), (.5, .2), (.4, .3)), Row("c", (.9, .9), (.9, .9), (.8, .9))],
            Intervals)!;

        Assert.Equal(3, panel.Comparisons);
        var changed = Assert.Single(panel.Changed);
        Assert.Equal(("a", "b"), (changed.Row, changed.Other));
        Assert.True(changed.Contradicts);
        Assert.Equal(-.3, changed.Differences[0].Mean, 1e-12);
        Assert.Equal(.4, changed.Differences[1].Mean, 1e-12);
        Assert.Equal("of one", panel.Scorers[0].Output);
    }

    [Fact]
    public void Of_TextsThatCouldNotBeScored_AreMissingAndEnterNoFigure()
    {
        var panel = ScorerPanels.Of(
            [new Named("one"), new Named("two")],
            [Row("a", (.1, .2), (.6, .9), (null, .3), (.4, null), (.9, .4))],
            Intervals)!;

        Assert.Equal([(4, 5), (4, 5)], panel.Scorers.Select(s => (s.Scored, s.Total)));
        var agreement = Assert.Single(panel.Agreement);
        Assert.Equal(3, agreement.Texts);

        // numpy.corrcoef([.1, .6, .9], [.2, .9, .4])
        Assert.Equal(.41175810978450983, agreement.Pearson!.Value, 1e-9);
        Assert.Equal(2 / 3.0, agreement.SameSide!.Value, 1e-12);
        Assert.Equal(0, panel.Comparisons);
    }

    [Fact]
    public void Of_ScorerThatNeverVaries_HasNoCorrelation()
    {
        var panel = ScorerPanels.Of([new Named("one"), new Named("two")], [Row("a", (.1, .2), (.6, .2))], Intervals)!;

        Assert.Null(panel.Agreement[0].Pearson);
        Assert.Null(panel.Agreement[0].Spearman);
    }

    private static GenerationRecord[] Row(string name, params (double? First, double? Second)[] scores) =>
    [
        .. scores.Select((score, i) => new GenerationRecord
        {
            Variant = name, Prompt = i, PromptText = "", Continuation = "words", Tokens = 1, Score = score.First, Panel = [score.Second],
        }),
    ];

    /// <summary>Only its name is asked for: the scores are in the records.</summary>
    private sealed class Named(string name) : IToxicityScorer
    {
        public string Name => name;

        public string Means => $"of {name}";

        public string Digest => "";

        public IReadOnlyList<double?> Score(IReadOnlyList<string> texts, IProgress<int>? progress = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
