using System.Text.Json.Serialization;
using DpoLab.Contracts.Hosting;

namespace DpoLab.Contracts.Runs;

/// <summary>
/// While the base model generates, chosen neurons take at each step the value that the tuned model has on the same text; swept over the k
/// neurons of greatest change (science.md, section 6, "Dynamic patch").
/// </summary>
public sealed record DynamicPatchParameters : RunParameters
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override RunKind Kind => RunKind.DynamicPatch;

    /// <summary>The base model, whose neurons are patched.</summary>
    public required InputRef Model { get; init; }

    /// <summary>The tuned model, whose values they take.</summary>
    public required InputRef Tuned { get; init; }

    /// <summary>Statistics of the pair that <see cref="Counts"/> and selections by group or cosine read.</summary>
    public InputRef? Neurons { get; init; }

    /// <summary>The k: a row for the k neurons of greatest change each.</summary>
    public IReadOnlyList<int> Counts { get; init; } = [64, 256, 1024, 4096];

    /// <summary>What the greatest change is judged by.</summary>
    public ChangeMeasure Measure { get; init; } = ChangeMeasure.Projection;

    /// <summary>Groups whose lowered neurons make one more row together; empty: none.</summary>
    public IReadOnlyList<NeuronGroup> Groups { get; init; } = [];

    /// <summary>Other sets of neurons, a row each.</summary>
    public IReadOnlyList<NeuronSelection> Sets { get; init; } = [];

    /// <summary>
    /// Positions patched while generating: the last prompt position and every generated one, or the prompt too. Perplexity patches all positions.
    /// </summary>
    public PositionScope Scope { get; init; } = PositionScope.Generated;

    /// <summary>0: greedy. Above it, one seeded draw a prompt.</summary>
    public double Temperature { get; init; }

    /// <summary>Draws from the likeliest tokens that together reach this probability.</summary>
    public double TopP { get; init; } = 1;

    public required EvaluationData Data { get; init; }

    public PromptHalf Half { get; init; } = PromptHalf.Report;

    /// <inheritdoc/>
    public override IEnumerable<InputRef> Inputs() => [Model, Tuned, .. new[] { Neurons }.OfType<InputRef>(), .. Sets.SelectMany(set => set.Inputs()), .. Data.Inputs()];

    /// <summary>The rows: base and tuned as they are, then each set of neurons.</summary>
    public IReadOnlyList<EvaluationVariant> Variants() =>
    [
        new() { Name = EvaluationBaseline.Base },
        new() { Name = EvaluationBaseline.Dpo, Model = Tuned },
        .. Counts.Select(k => Patched(Invariant($"k = {k:N0}"), new ChangeSelection(k, Measure))),
        .. Groups.Count == 0 ? [] : new[] { Patched(string.Join(", ", Groups.Select(g => g.ToString().ToUpperInvariant())), new GroupSelection(Groups)) },
        .. Sets.Select((set, i) => Patched(NameOf(set, i), set)),
    ];

    /// <inheritdoc/>
    protected override void Check(FieldChecks check)
    {
        ArgumentNullException.ThrowIfNull(check);
        check.Chosen(Model, "model", "base model");
        check.Chosen(Tuned, "tuned", "tuned model");
        string? refusal = Model is null || Tuned is null ? null : ModelRefusals.LiveValues(Model, Tuned);
        check.Require(refusal is null, "tuned", refusal ?? "");
        Data.Check(check);
        check.Require(Counts.Count + Groups.Count + Sets.Count > 0, "counts", "No neurons chosen. Enter at least one k.");
        check.Require(Counts.All(k => k is >= 1 and <= 100_000_000), "counts", "k counts neurons: enter 1 or more. k = 0 is the base model, which has its own row.");
        check.Require(Counts.Distinct().Count() == Counts.Count, "counts", "A k stands twice. Leave one out.");
        if (Counts.Count + Groups.Count > 0 || Sets.Any(InterventionChecks.NeedsStatistics))
            check.Chosen(Neurons, "neurons", "neuron statistics");
        for (int i = 0; i < Sets.Count; i++)
            InterventionChecks.CheckSelection(check, Sets[i], $"sets[{i}]");
        check.Within(Temperature, 0, 10, "temperature", "0 is greedy.");
        check.Require(TopP is > 0 and <= 1, "topP", "Top-p must be above 0 and at most 1.");
    }

    private EvaluationVariant Patched(string name, NeuronSelection neurons) =>
        new() { Name = name, Intervention = new DynamicPatchIntervention { Tuned = Tuned, Neurons = neurons, Scope = Scope } };

    private static string NameOf(NeuronSelection set, int index) => set switch
    {
        TopToxicSelection top => Invariant($"top {top.Count:N0} toxic{(top.PositiveOnly ? ", positively activated" : "")} ({index + 1})"),
        ListSelection list => Invariant($"{list.Neurons.Count:N0} listed neurons ({index + 1})"),
        SetSelection named => Invariant($"{named.Set.Name} ({index + 1})"),
        _ => Invariant($"set {index + 1}"),
    };

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
