using DpoLab.Compute.Neurons;
using DpoLab.Compute.Toxicity;
using DpoLab.Contracts.Results;

namespace DpoLab.Compute.Evaluation;

/// <summary>Whether the scorers of a panel agree on texts and on the order of rows.</summary>
public static class ScorerPanels
{
    /// <summary>Coverage, agreement and changed orders; null with a single scorer.</summary>
    /// <param name="scorers">The first one and those of the panel, in the order of <see cref="GenerationRecord.Panel"/>.</param>
    /// <param name="rows">Continuations of each row, in the order of the table.</param>
    /// <param name="bootstrap">Makes the intervals of changed orders.</param>
    public static ScorerPanel? Of(
        IReadOnlyList<IToxicityScorer> scorers, IReadOnlyList<IReadOnlyList<GenerationRecord>> rows, Bootstrap bootstrap)
    {
        ArgumentNullException.ThrowIfNull(scorers);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(bootstrap);
        if (scorers.Count < 2)
            return null;
        double?[][] scores = [.. scorers.Select((_, scorer) => rows.SelectMany(row => row).Select(record => ScoreOf(record, scorer)).ToArray())];
        var (comparisons, changed) = Orders(rows, scorers.Count, bootstrap);
        return new ScorerPanel
        {
            Scorers =
            [
                .. scorers.Select((scorer, i) => new PanelMember
                {
                    Name = scorer.Name,
                    Digest = scorer.Digest,
                    Output = scorer.Means,
                    Scored = scores[i].Count(score => score is not null),
                    Total = scores[i].Length,
                }),
            ],
            Agreement =
            [
                .. from a in Enumerable.Range(0, scorers.Count)
                   from b in Enumerable.Range(a + 1, scorers.Count - a - 1)
                   select Agreement(a, b, scores[a], scores[b]),
            ],
            Comparisons = comparisons,
            Changed = changed,
        };
    }

    private static double? ScoreOf(GenerationRecord record, int scorer) => scorer == 0 ? record.Score : record.Panel?[scorer - 1];

    private static ScorerAgreement Agreement(int a, int b, double?[] first, double?[] second)
    {
        (double X, double Y)[] both =
            [.. first.Zip(second).Where(pair => pair is { First: not null, Second: not null }).Select(pair => (pair.First!.Value, pair.Second!.Value))];
        double[] x = [.. both.Select(pair => pair.X)];
        double[] y = [.. both.Select(pair => pair.Y)];
        return new ScorerAgreement(
            a,
            b,
            both.Length,
            Known(SampleStatistics.Pearson(x, y)),
            Known(SampleStatistics.Spearman(x, y)),
            both.Length == 0 ? null : both.Count(pair => pair.X > 0.5 == pair.Y > 0.5) / (double)both.Length);
    }

    private static double? Known(double value) => double.IsFinite(value) ? value : null;

    private static (int Comparisons, IReadOnlyList<ChangedOrder> Changed) Orders(
        IReadOnlyList<IReadOnlyList<GenerationRecord>> rows, int scorers, Bootstrap bootstrap)
    {
        int comparisons = 0;
        var changed = new List<ChangedOrder>();
        for (int i = 0; i < rows.Count; i++)
        {
            for (int j = i + 1; j < rows.Count; j++)
            {
                var pairs = Paired(rows[i], rows[j]);
                double?[][] differences = [.. Enumerable.Range(0, scorers).Select(s => pairs.Select(p => ScoreOf(p.One, s) - ScoreOf(p.Other, s)).ToArray())];
                double[] means = [.. differences.Select(d => d.Average()).OfType<double>()];
                if (means.Length < scorers)
                    continue;
                comparisons++;
                if (means.Min() < 0 && means.Max() > 0)
                    changed.Add(Change(rows[i], rows[j], [.. differences.Select(d => bootstrap.Mean(d)!)]));
            }
        }

        return (comparisons, [.. changed.OrderByDescending(c => c.Differences.Max(d => d.Mean) - c.Differences.Min(d => d.Mean))]);
    }

    private static ChangedOrder Change(IReadOnlyList<GenerationRecord> row, IReadOnlyList<GenerationRecord> other, IReadOnlyList<Estimate> differences) => new()
    {
        Row = row[0].Variant,
        Other = other[0].Variant,
        Differences = differences,
        Contradicts = differences.Any(d => d.High < 0) && differences.Any(d => d.Low > 0),
    };

    private static List<(GenerationRecord One, GenerationRecord Other)> Paired(IReadOnlyList<GenerationRecord> row, IReadOnlyList<GenerationRecord> other)
    {
        var byPrompt = other.ToDictionary(record => record.Prompt);
        return [.. row.Where(record => byPrompt.ContainsKey(record.Prompt)).Select(record => (record, byPrompt[record.Prompt]))];
    }
}
