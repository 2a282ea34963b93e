using System.Text.Json.Serialization;

namespace DpoLab.Contracts.Runs;

/// <summary>
/// Searches the least toxic tuning-free edit within a perplexity budget by a Tree-structured Parzen Estimator: edits are chosen on the
/// selection half, and the best one is reported on the other half.
/// </summary>
public sealed record SearchParameters : RunParameters
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override RunKind Kind => RunKind.Search;

    public required InputRef Model { get; init; }

    /// <summary>Statistics of the base model with the direction's cosines (<see cref="Artifacts.Neurons"/>).</summary>
    public required InputRef Neurons { get; init; }

    public required EvaluationData Data { get; init; }

    /// <summary>The one limit that the edit must keep to.</summary>
    public IReadOnlyList<PerplexityBudget> Budgets { get; init; } = [new("within +1 %", Relative: 0.01)];

    /// <summary>Trials of this run, those that it goes on from not counted; null: as many as the minutes allow.</summary>
    public int? Trials { get; init; } = 60;

    /// <summary>Minutes of trying, summed over all starts of the run; null: no limit of time.</summary>
    public double? Minutes { get; init; }

    /// <summary>Forms that may be tried.</summary>
    public IReadOnlyList<InterventionForm> Forms { get; init; } =
        [InterventionForm.Constant, InterventionForm.Live, InterventionForm.Shift];

    public double LeastAlpha { get; init; } = 0.01;

    public double MostAlpha { get; init; } = 2;

    public double LeastBeta { get; init; } = 0.02;

    public double MostBeta { get; init; } = 1;

    /// <summary>Quadrants that may take part.</summary>
    public IReadOnlyList<NeuronGroup> Groups { get; init; } = [NeuronGroup.Tp, NeuronGroup.An, NeuronGroup.Tn, NeuronGroup.Ap];

    /// <summary>Also try to leave quadrants out; false: all of <see cref="Groups"/> take part in every trial.</summary>
    public bool SwitchGroups { get; init; } = true;

    /// <summary>Also try the other direction of change (<see cref="EditIntervention.Reversed"/>).</summary>
    public bool BothDirections { get; init; } = true;

    /// <summary>Also choose the first and the last layer; false: all layers are edited.</summary>
    public bool ChooseLayers { get; init; } = true;

    /// <summary>The artifact <see cref="Artifacts.Search"/> of an earlier search on the same model, prompts, text and scorer; null: from nothing.</summary>
    public InputRef? Extends { get; init; }

    /// <summary>Generations and rows of base and DPO on the report half, as in <see cref="EvaluateParameters.Baseline"/>.</summary>
    public InputRef? Baseline { get; init; }

    /// <summary>Selection-half prompts used per trial; null: all of them.</summary>
    public int? SelectionPrompts { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<InputRef> Inputs() =>
        [Model, Neurons, .. Data.Inputs(), .. new[] { Baseline, Extends }.OfType<InputRef>()];

    /// <inheritdoc/>
    protected override void Check(FieldChecks check)
    {
        ArgumentNullException.ThrowIfNull(check);
        check.Chosen(Model, "model", "model");
        check.Chosen(Neurons, "neurons", "neuron statistics");
        Data.Check(check);
        check.Chosen(Data.Text?.File, "data.text", "text for perplexity, which the budget is measured on,");
        CheckBudget(check);
        check.Require(Forms.Count > 0, "forms", "No form chosen. Choose at least one.");
        check.Require(Groups.Count > 0, "groups", "No group is switched on. Switch on at least one.");
        check.Within(LeastAlpha, 1e-6, 10, "leastAlpha", "Strengths are tried on a logarithmic scale; the paper uses 0.01 to 0.05.");
        check.Within(MostAlpha, 1e-6, 10, "mostAlpha", "The paper uses 0.01 to 0.05.");
        check.Require(MostAlpha > LeastAlpha, "mostAlpha", "The greatest α is not above the least.");
        check.Within(LeastBeta, 0.0001, 1, "leastBeta", "A fraction of each quadrant above 0.");
        check.Within(MostBeta, 0.0001, 1, "mostBeta", "A fraction of each quadrant, at most 1.");
        check.Require(MostBeta > LeastBeta, "mostBeta", "The greatest β is not above the least.");
        check.Require(SelectionPrompts is null or > 0, "selectionPrompts", "Enter 1 or more, or leave it empty for all.");
    }

    private void CheckBudget(FieldChecks check)
    {
        check.Require(Trials is not null || Minutes is not null, "trials", "The search would never end. Enter a number of trials, or minutes.");
        check.Within(Trials ?? 1, 1, 100_000, "trials", "60 is the lab's default.");
        check.Within(Minutes ?? 1, 0.01, 100_000, "minutes", "Leave it empty for no limit of time.");
        check.Require(Budgets.Count == 1, "budgets", "A search keeps to one perplexity budget. Enter one.");
        check.Require(
            Budgets.All(b => b.Relative.HasValue != b.OfVariant is not null),
            "budgets",
            "A budget is either relative to the base model or that of a variant, not both.");
        check.Require(
            Baseline is not null || Budgets.All(b => b.OfVariant is null),
            "baseline",
            "A budget of another variant needs the evaluation that measured it. Choose one.");
    }
}
