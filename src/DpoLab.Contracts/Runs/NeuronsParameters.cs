using System.Text.Json.Serialization;

namespace DpoLab.Contracts.Runs;

/// <summary>Statistics of every MLP neuron of a base model and its tuned partner, and the four groups (science.md, section 5).</summary>
public sealed record NeuronsParameters : RunParameters
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override RunKind Kind => RunKind.Neurons;

    public required InputRef Base { get; init; }

    public required InputRef Tuned { get; init; }

    public required InputRef Direction { get; init; }

    public required DatasetRef Prompts { get; init; }

    public int MaxPromptTokens { get; init; } = 32;

    public int NewTokens { get; init; } = 20;

    public int BatchSize { get; init; } = 64;

    /// <inheritdoc/>
    public override IEnumerable<InputRef> Inputs() => [Base, Tuned, Direction, Prompts.File];

    /// <inheritdoc/>
    protected override void Check(FieldChecks check)
    {
        ArgumentNullException.ThrowIfNull(check);
        check.Chosen(Base, "base", "base model");
        check.Chosen(Tuned, "tuned", "tuned model");
        check.Chosen(Direction, "direction", "direction");
        check.Chosen(Prompts?.File, "prompts", "prompts");
        check.Within(MaxPromptTokens, 1, 8192, "maxPromptTokens", "The papers cut at 32.");
        check.Within(NewTokens, 1, 4096, "newTokens", "The papers generate 20.");
        check.Within(BatchSize, 1, 4096, "batchSize", "Lower it when memory runs out.");
    }
}
