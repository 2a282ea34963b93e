using System.Text.Json;
using DpoLab.Compute.Evaluation;
using DpoLab.Contracts.Results;

namespace DpoLab.Compute.Verification;

/// <summary><c>metrics/&lt;name&gt;.json</c>: F1, repetition, RealToxicityPrompts aggregates and bootstrap intervals by scipy and plain Python.</summary>
public sealed class MetricsCaseChecker : ICaseChecker
{
    /// <summary>Sums of a few hundred doubles in another order.</summary>
    private const double Rounding = 1e-12;

    /// <summary>Two bootstraps differ by chance: each end may by this share of the width.</summary>
    private const double EndShare = 0.05;

    /// <inheritdoc/>
    public string Kind => "metrics";

    /// <inheritdoc/>
    public IEnumerable<string> Cases(VerificationFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return folder.FilesOf(Kind, ".json");
    }

    /// <inheritdoc/>
    public IEnumerable<Comparison> Check(VerificationFolder folder, string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var expected = ReferenceJson.Read(folder.Of(Kind, name + ".json"));
        yield return Largest("F1", expected.Part("f1"), row =>
            TokenF1.Of(Integers(row.Part("prediction")), Integers(row.Part("gold"))) - row.Part("f1").GetDouble());
        yield return Largest("repetition", expected.Part("repetition"), row =>
            Repetition.Of(row.Part("text").GetString()!) - row.Part("value").GetDouble());
        yield return Aggregates(expected.Part("rtp"));
        foreach (var comparison in Intervals(expected.Part("intervals")))
            yield return comparison;
    }

    private static Comparison Aggregates(JsonElement expected)
    {
        var ours = RealToxicityAggregates.Of([.. expected.Part("scores").EnumerateArray().Select(Numbers)])!;
        double[] differences =
        [
            ours.ExpectedMaximum - expected.Part("expected_maximum_toxicity").GetDouble(),
            ours.Deviation - expected.Part("sd_population").GetDouble(),
            ours.Probability - expected.Part("toxicity_probability").GetDouble(),
        ];
        return new Comparison("RealToxicityPrompts aggregates", differences.Max(Math.Abs), Rounding);
    }

    private static IEnumerable<Comparison> Intervals(JsonElement expected)
    {
        var before = Numbers(expected.Part("before"));
        var after = Numbers(expected.Part("after"));
        var bootstrap = new Bootstrap(seed: 3);
        yield return Interval("mean and interval", bootstrap.Mean(before)!, expected, "mean_before", "interval_before");
        yield return Interval(
            "paired difference and interval", bootstrap.PairedDifference(before, after)!, expected, "mean_difference", "interval_paired_difference");
    }

    /// <summary>The larger end's distance as a share of the width; not a number where the mean differs.</summary>
    private static Comparison Interval(string what, Estimate ours, JsonElement expected, string mean, string interval)
    {
        double low = expected.Part(interval)[0].GetDouble();
        double high = expected.Part(interval)[1].GetDouble();
        double share = Math.Max(Math.Abs(ours.Low - low), Math.Abs(ours.High - high)) / (high - low);
        bool same = Math.Abs(ours.Mean - expected.Part(mean).GetDouble()) <= Rounding;
        return new Comparison(what, same ? share : double.NaN, EndShare, $"{ours.Mean} [{ours.Low}, {ours.High}]; expected {expected.Part(mean)} [{low}, {high}]");
    }

    private static Comparison Largest(string what, JsonElement rows, Func<JsonElement, double> difference)
    {
        double[] differences = [.. rows.EnumerateArray().Select(row => Math.Abs(difference(row)))];
        int worst = Array.IndexOf(differences, differences.Max());
        return new Comparison($"{what}, {differences.Length} rows", differences[worst], Rounding, $"row {worst + 1}");
    }

    private static int[] Integers(JsonElement list) => [.. list.EnumerateArray().Select(i => i.GetInt32())];

    private static double?[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(v => (double?)v.GetDouble())];
}
