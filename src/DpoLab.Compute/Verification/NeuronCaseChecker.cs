using System.Globalization;
using System.Text.Json;
using DpoLab.Compute.Neurons;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Verification;

/// <summary>
/// The neurons of <c>science/&lt;family&gt;</c>, under both protocols: statistics of base and tuned model gathered over our own generations, and the
/// groups, shares and changes that follow from the reference's statistics.
/// </summary>
public sealed class NeuronCaseChecker : ICaseChecker
{
    /// <inheritdoc/>
    public string Kind => "science";

    /// <inheritdoc/>
    public IEnumerable<string> Cases(VerificationFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return folder.FoldersOf(Kind);
    }

    /// <inheritdoc/>
    public IEnumerable<Comparison> Check(VerificationFolder folder, string name, CancellationToken cancellationToken)
    {
        using var reference = new ScienceCase(folder, name);
        foreach (var protocol in (Protocol[])[Protocol.Corrected, Protocol.Published])
        {
            string prefix = protocol is Protocol.Corrected ? "" : "published.";
            foreach (bool tuned in (bool[])[false, true])
            {
                foreach (var comparison in Statistics(reference, protocol, prefix, tuned, cancellationToken))
                    yield return comparison;
            }

            var (before, after) = reference.Statistics(prefix);
            var result = NeuronReport.Of(before, after, reference.Prompts.Count);
            var expected = reference.Json.Part(protocol is Protocol.Corrected ? "groups" : "published_groups");
            foreach (var comparison in Groups(result, expected).Concat(Shares(result, expected)).Concat(Changes(result, expected)))
                yield return comparison with { What = $"{prefix}{comparison.What}" };
        }
    }

    private static IEnumerable<Comparison> Statistics(
        ScienceCase reference, Protocol protocol, string prefix, bool tuned, CancellationToken cancellationToken)
    {
        using var decoder = tuned ? reference.LoadTuned() : reference.LoadBase();
        string model = tuned ? "tuned" : "base";
        var options = new NeuronMeasurementOptions { NewTokens = reference.NewTokens, EndOfText = [reference.EndOfText], Protocol = protocol };
        var (ours, continuations) = NeuronMeasurement.Of(
            decoder, reference.Prompts, reference.Vector("direction"), options, cancellationToken: cancellationToken);
        Comparison Differ(string what, double[] values) =>
            new($"{prefix}{model} {what}", ScienceDifference.Largest(reference.Vector($"{prefix}{model}.{what}"), values), ScienceDifference.Statistics);
        yield return Differ("mean", ours.Activation);
        yield return Differ("cosine", ours.Cosine);
        yield return Differ("projection", ours.Projection);
        if (protocol is Protocol.Published)
            yield break;
        yield return Differ("variance", ours.Variance);
        yield return Differ("mlp_projection", ours.MlpProjection);
        var expected = reference.Json.Part("statistics");
        yield return new Comparison($"{model} tokens", Math.Abs(expected.Part($"{model}_tokens").GetInt64() - ours.Tokens), 0);
        int[][] generated = expected.Part($"{model}_generated").Deserialize<int[][]>()!;
        yield return new Comparison(
            $"{model} greedy continuations", ScienceDifference.Differing([.. generated.SelectMany(ids => ids)], [.. continuations.SelectMany(ids => ids)]), 0);
    }

    private static IEnumerable<Comparison> Groups(NeuronsResult result, JsonElement expected)
    {
        int Count(string name) => expected.Part(name).GetInt32();
        var groups = expected.Part("groups");
        JsonElement Of(GroupSummary group) => groups.Part(Name(group.Group));
        yield return new Comparison("zeros", Math.Abs(Count("zeros_or_nonfinite") - result.Zeros), 0);
        yield return Equal("group sizes", result.Groups, g => [g.Total, g.Lowered, g.Raised], g => [.. Numbers(Of(g), "total", "lowered", "raised")]);
        yield return Near("group reductions and shares", result.Groups, g => [g.Reduction, g.Share, g.CounterMovement], g => Numbers(Of(g), "reduction", "share", "increase"));
        yield return Near("reductions by layer", result.Groups, g => [.. result.ByLayer.Select(l => -l.GroupChange[(int)g.Group])], g => Of(g).Part("reduction_per_layer").Deserialize<double[]>()!);
        yield return new Comparison(
            "total and net reduction", ScienceDifference.Largest(Numbers(expected, "total_reduction", "net"), [result.TotalReduction, result.NetReduction]), ScienceDifference.Statistics);
        var byActivation = expected.Part("by_activation");
        yield return Equal("group sizes by activation", result.GroupsByActivation, g => [g.Lowered], g => Numbers(byActivation.Part(Name(g.Group)), "count"));
        yield return Near("reductions by activation", result.GroupsByActivation, g => [g.Reduction], g => Numbers(byActivation.Part(Name(g.Group)), "reduction"));
    }

    private static IEnumerable<Comparison> Shares(NeuronsResult result, JsonElement expected)
    {
        var marks = expected.Part("neurons_for_share");
        int[] counts = [.. ((string[])["50", "75", "99"]).Select(mark => marks.Part(mark).GetInt32())];
        yield return new Comparison("neurons for 50, 75, 99 %", ScienceDifference.Differing(counts, [.. result.Cumulative.Marks]), 0);
        var shares = expected.Part("top_toxic_share").EnumerateObject().ToList();
        double Ours(string k) => result.TopToxic.FirstOrDefault(t => t.K == int.Parse(k, CultureInfo.InvariantCulture))?.Share ?? double.NaN;
        yield return new Comparison(
            "share of the most toxic", ScienceDifference.Largest([.. shares.Select(s => s.Value.GetDouble())], [.. shares.Select(s => Ours(s.Name))]), ScienceDifference.Statistics);
    }

    private static IEnumerable<Comparison> Changes(NeuronsResult result, JsonElement expected)
    {
        var all = expected.Part("percent_change");
        JsonElement Of(ActivationChange change) =>
            change.Group is { } group ? expected.Part("percent_change_per_group").Part(Name(group)) : all;
        yield return Equal("neurons within the quantiles", result.ActivationChanges, c => [c.Count], c => Numbers(Of(c), "n"));
        yield return Near("percent changes", result.ActivationChanges, c => [c.Mean, c.StandardDeviation], c => Numbers(Of(c), "mean", "sd"));
        yield return new Comparison(
            "quantiles", ScienceDifference.Largest(Numbers(all, "lower", "upper"), [result.ActivationChanges[0].Low, result.ActivationChanges[0].High]), ScienceDifference.Statistics);
        yield return new Comparison(
            "correlations",
            ScienceDifference.Largest(
                Numbers(expected, "pearson_change_vs_cosine", "pearson_change_vs_mean"), [result.CorrelationWithCosine, result.CorrelationWithActivation]),
            ScienceDifference.Statistics);
    }

    private static Comparison Equal<T>(string what, IEnumerable<T> ours, Func<T, double[]> values, Func<T, double[]> expected) =>
        new(what, ours.Sum(item => ScienceDifference.Differing(expected(item), values(item))), 0);

    private static Comparison Near<T>(string what, IEnumerable<T> ours, Func<T, double[]> values, Func<T, double[]> expected) => new(
        what,
        ScienceDifference.Largest([.. ours.SelectMany(expected)], [.. ours.SelectMany(values)]),
        ScienceDifference.Statistics);

    private static double[] Numbers(JsonElement of, params string[] names) => [.. names.Select(name => of.Part(name).GetDouble())];

    private static string Name(NeuronGroup group) => group.ToString().ToUpperInvariant();
}
