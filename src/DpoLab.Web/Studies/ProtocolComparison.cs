using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Help;
using DpoLab.Web.Shell;

namespace DpoLab.Web.Studies;

/// <summary>The numbers that the protocol changes, by both.</summary>
public sealed record ProtocolsView
{
    /// <summary>Directions and neuron statistics.</summary>
    public required IReadOnlyList<ProtocolNumber> Numbers { get; init; }

    /// <summary>Rows of the table that both have measured.</summary>
    public required IReadOnlyList<ProtocolRow> Rows { get; init; }

    /// <summary>The runs by the published protocol.</summary>
    public required IReadOnlyList<string> PublishedRuns { get; init; }

    /// <summary>Those of them that have succeeded.</summary>
    public required int Done { get; init; }
}

/// <summary>One number by both protocols.</summary>
/// <param name="Of">What it belongs to.</param>
/// <param name="Name">What it is.</param>
/// <param name="Corrected">As the lab writes it; null: not there.</param>
/// <param name="Published">As the lab writes it; null: not there.</param>
/// <param name="Reason">Why they differ, from <c>docs/protocols.md</c>.</param>
public sealed record ProtocolNumber(string Of, string Name, string? Corrected, string? Published, string Reason);

/// <summary>A row of the table by both protocols.</summary>
public sealed record ProtocolRow(string Name, EvaluationRow Corrected, EvaluationRow Published);

/// <summary>Puts the runs of a study that differ in their protocol alone beside each other.</summary>
internal static class ProtocolComparison
{
    /// <summary>Why directions differ.</summary>
    public static string DirectionReason { get; } = ProtocolReasons.Of("Directions", "feature of a text", "where", "padding");

    /// <summary>Why neuron statistics differ.</summary>
    public static string NeuronReason { get; } = ProtocolReasons.Of("Neuron statistics", "positions", "which tokens");

    /// <summary>Why a row's toxicity differs.</summary>
    public static string ToxicityReason { get; } = ProtocolReasons.Of("Evaluation", "continuation");

    /// <summary>Why a row's toxicity differs: also by the direction that it steers along, or the statistics that its neurons were chosen by.</summary>
    public static string ReasonFor(EvaluationRow row) => row.Intervention switch
    {
        null => ToxicityReason,
        SteerIntervention => $"{DirectionReason}\n{ToxicityReason}",
        _ => $"{NeuronReason}\n{ToxicityReason}",
    };

    /// <summary>Why a row's perplexity differs.</summary>
    public static string PerplexityReason { get; } = ProtocolReasons.Of("Evaluation", "perplexity with an intervention", "perplexity, divisor");

    /// <summary>Why a row's F1 differs.</summary>
    public static string F1Reason { get; } = ProtocolReasons.Of("Evaluation", "F1", "continuation");

    /// <summary>Null where the study has runs of one protocol only.</summary>
    public static ProtocolsView? Of(IReadOnlyList<StudyPart> parts)
    {
        var corrected = parts.Where(part => part.Run.Spec.Parameters.Protocol is Protocol.Corrected).ToList();
        var published = parts.Where(part => part.Run.Spec.Parameters is { Protocol: Protocol.Published } and not DpoParameters).ToList();
        if (published.Count == 0 || corrected.All(part => part.Run.Spec.Parameters is DpoParameters))
            return null;
        return new ProtocolsView
        {
            Numbers = [.. Directions(corrected, published), .. Neurons(corrected, published)],
            Rows = [.. Rows(corrected, published)],
            PublishedRuns = [.. published.Select(part => part.Run.Summary.Id)],
            Done = published.Count(part => part.Run.Result is not null),
        };
    }

    private static IEnumerable<ProtocolNumber> Directions(List<StudyPart> corrected, List<StudyPart> published)
    {
        foreach (DirectionResult other in Results<DirectionResult>(published))
        {
            if (Results<DirectionResult>(corrected).FirstOrDefault(d => d.Method == other.Method) is not { } own)
                continue;
            string name = StudyWords.Of(other.Method);
            if (other.Cosine is { } cosine)
                yield return new(name, "cosine with the corrected one", Numbers.Share(1), Numbers.Share(cosine), DirectionReason);
            if (own.Probe is { } probe && other.Probe is { } second)
            {
                yield return new(name, "accuracy on held-out comments", Numbers.Percent(probe.Accuracy, 1), Numbers.Percent(second.Accuracy, 1), DirectionReason);
                yield return new(name, "area under the ROC curve", Numbers.Share(probe.RocAuc), Numbers.Share(second.RocAuc), DirectionReason);
            }
        }
    }

    private static IEnumerable<ProtocolNumber> Neurons(List<StudyPart> corrected, List<StudyPart> published)
    {
        if (Results<NeuronsResult>(corrected).FirstOrDefault() is not { } own || Results<NeuronsResult>(published).FirstOrDefault() is not { } other)
            yield break;
        yield return Counts("Neurons", "tokens that count, base model", own.BaseTokens, other.BaseTokens);
        yield return Counts("Neurons", "lowered by DPO", own.Groups.Sum(g => g.Lowered), other.Groups.Sum(g => g.Lowered));
        foreach (var (group, second) in own.Groups.Zip(other.Groups))
        {
            string name = group.Group.ToString().ToUpperInvariant();
            yield return Counts(name, "lowered", group.Lowered, second.Lowered);
            yield return new(name, "share of the reduction", Numbers.Percent(group.Share, 1), Numbers.Percent(second.Share, 1), NeuronReason);
        }

        yield return new("Neurons", "Σ reduction", Numbers.Short(own.TotalReduction), Numbers.Short(other.TotalReduction), NeuronReason);

        static ProtocolNumber Counts(string of, string name, long one, long two) => new(of, name, Numbers.Count(one), Numbers.Count(two), NeuronReason);
    }

    private static IEnumerable<ProtocolRow> Rows(List<StudyPart> corrected, List<StudyPart> published)
    {
        var others = published.SelectMany(Measured).DistinctBy(row => row.Variant).ToDictionary(row => row.Variant, StringComparer.Ordinal);
        foreach (EvaluationRow row in corrected.SelectMany(Measured).DistinctBy(row => row.Variant))
        {
            if (others.TryGetValue(row.Variant, out EvaluationRow? other))
                yield return new ProtocolRow(StudyTables.DisplayName(row.Variant), row, other);
        }

        static IEnumerable<EvaluationRow> Measured(StudyPart part) => part.Run.Spec.Parameters is EvaluateParameters ? part.Run.Rows : [];
    }

    private static IEnumerable<T> Results<T>(IEnumerable<StudyPart> parts)
        where T : RunResult => parts.Select(part => part.Run.Result).OfType<T>();
}
