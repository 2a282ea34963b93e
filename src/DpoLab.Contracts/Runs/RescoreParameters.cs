using System.Text.Json.Serialization;

namespace DpoLab.Contracts.Runs;

/// <summary>Judges the continuations that an evaluation or sweep has kept by other scorers; nothing is generated.</summary>
public sealed record RescoreParameters : RunParameters
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override RunKind Kind => RunKind.Rescore;

    /// <summary>The continuations (<see cref="Artifacts.Generations"/>), beside the rows that they belong to.</summary>
    public required InputRef Generations { get; init; }

    /// <summary>Whose scores make the rows.</summary>
    public required InputRef Scorer { get; init; }

    /// <summary>Which output of the scorer is toxicity; null: <c>toxicity</c> or <c>toxic</c> by name, or the only one.</summary>
    public string? ScorerLabel { get; init; }

    /// <summary>Further scorers.</summary>
    public IReadOnlyList<PanelScorer> Panel { get; init; } = [];

    public int BootstrapResamples { get; init; } = 10_000;

    /// <inheritdoc/>
    public override IEnumerable<InputRef> Inputs() => [Generations, Scorer, .. Panel.Select(scorer => scorer.Scorer)];

    /// <inheritdoc/>
    protected override void Check(FieldChecks check)
    {
        ArgumentNullException.ThrowIfNull(check);
        check.Chosen(Generations, "generations", "evaluation");
        check.Chosen(Scorer, "scorer", "scorer");
        PanelScorer.Check(check, "panel", Scorer, ScorerLabel, Panel);
        check.Within(BootstrapResamples, 100, 1_000_000, "bootstrapResamples", "10,000 is the lab's default.");
    }
}
