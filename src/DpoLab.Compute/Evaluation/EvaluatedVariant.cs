using DpoLab.Compute.Interventions;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Evaluation;

/// <summary>A variant ready to be measured: a name, what intervenes, what is put before prompts.</summary>
/// <param name="Spec">As in the run's spec; its intervention is shown, <see cref="Plan"/> is done.</param>
/// <param name="Plan">Null: nothing intervenes.</param>
public sealed record PlannedVariant(EvaluationVariant Spec, InterventionPlan? Plan)
{
    /// <summary>What is done on top of <see cref="Plan"/>, on what that leaves; null: nothing.</summary>
    public InterventionPlan? Attack { get; init; }

    /// <summary>
    /// What an attack is judged by: the model under <see cref="Plan"/> before it was attacked. Null: nothing attacks, and the plan is judged by the
    /// plain model.
    /// </summary>
    public VerdictProbe? Against { get; init; }

    /// <summary>What acts, in this order.</summary>
    internal IEnumerable<InterventionPlan> Plans => new[] { Plan, Attack }.OfType<InterventionPlan>();
}

/// <summary>A measured variant.</summary>
/// <param name="Row">Its row, not yet compared with base and DPO (<see cref="RowComparison"/>).</param>
/// <param name="Generations">Its answers to the challenge prompts, in their order.</param>
public sealed record EvaluatedVariant(EvaluationRow Row, IReadOnlyList<GenerationRecord> Generations)
{
    /// <summary>Its samples by the RealToxicityPrompts protocol, those of one prompt together; none where they were not asked for.</summary>
    public IReadOnlyList<GenerationRecord> Samples { get; init; } = [];
}
