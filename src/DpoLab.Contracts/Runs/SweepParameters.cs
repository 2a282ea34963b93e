using System.Text.Json.Serialization;

namespace DpoLab.Contracts.Runs;

/// <summary>A limit that the best edit must keep to.</summary>
/// <param name="Name">Shown in the row's name (<c>within +1 %</c>).</param>
/// <param name="Relative">Perplexity at most base × (1 + this); null: not relative.</param>
/// <param name="OfVariant">Perplexity at most that of this variant of the baseline (<c>dpo</c>); null: relative.</param>
public sealed record PerplexityBudget(string Name, double? Relative = null, string? OfVariant = null);

/// <summary>Tries tuning-free edits on the selection half, and reports the best within each budget on the other half.</summary>
public sealed record SweepParameters : RunParameters
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override RunKind Kind => RunKind.Sweep;

    public required InputRef Model { get; init; }

    /// <summary>Statistics of the base model with the direction's cosines (<see cref="Artifacts.Neurons"/>).</summary>
    public required InputRef Neurons { get; init; }

    public required EvaluationData Data { get; init; }

    public IReadOnlyList<InterventionForm> Forms { get; init; } =
        [InterventionForm.Constant, InterventionForm.Live, InterventionForm.Shift];

    public IReadOnlyList<double> Alphas { get; init; } = [0.05, 0.2, 0.5, 1];

    public IReadOnlyList<double> Betas { get; init; } = [0.1, 0.3, 0.5];

    public IReadOnlyList<NeuronGroup> Groups { get; init; } = [NeuronGroup.Tp, NeuronGroup.An, NeuronGroup.Tn, NeuronGroup.Ap];

    public IReadOnlyList<PerplexityBudget> Budgets { get; init; } =
        [new("within +1 %", Relative: 0.01), new("within DPO’s perplexity", OfVariant: EvaluationBaseline.Dpo)];

    /// <summary>Generations and rows of base and DPO on the report half, as in <see cref="EvaluateParameters.Baseline"/>.</summary>
    public InputRef? Baseline { get; init; }

    /// <summary>Selection-half prompts used per trial; null: all of them.</summary>
    public int? SelectionPrompts { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<InputRef> Inputs() =>
        [Model, Neurons, .. Data.Inputs(), .. new[] { Baseline }.OfType<InputRef>()];

    /// <inheritdoc/>
    protected override void Check(FieldChecks check)
    {
        ArgumentNullException.ThrowIfNull(check);
        check.Chosen(Model, "model", "model");
        check.Chosen(Neurons, "neurons", "neuron statistics");
        Data.Check(check);
        check.Chosen(Data.Text?.File, "data.text", "text for perplexity, which the budgets are measured on,");
        check.Require(Forms.Count > 0, "forms", "No form chosen. Choose at least one.");
        check.Require(Alphas.Count > 0 && Alphas.All(a => a is >= -10 and <= 10), "alphas", "Enter one or more values from -10 to 10.");
        check.Require(Betas.Count > 0 && Betas.All(b => b is > 0 and <= 1), "betas", "Enter one or more values above 0, at most 1.");
        check.Require(Groups.Count > 0, "groups", "No group is switched on. Switch on at least one.");
        check.Require(Budgets.Count > 0, "budgets", "No perplexity budget. Add at least one.");
        check.Require(
            Budgets.All(b => b.Relative.HasValue != b.OfVariant is not null),
            "budgets",
            "A budget is either relative to the base model or that of a variant, not both.");
        check.Require(
            Baseline is not null || Budgets.All(b => b.OfVariant is null),
            "baseline",
            "A budget of another variant needs the evaluation that measured it. Choose one.");
        check.Require(SelectionPrompts is null or > 0, "selectionPrompts", "Enter 1 or more, or leave it empty for all.");
    }
}
