using System.Text.Json.Serialization;

namespace DpoLab.Contracts.Runs;

/// <summary>What the two models read while their neurons are measured.</summary>
public enum NeuronReading
{
    /// <summary>Each model its own greedy continuations of the prompts, as the papers do.</summary>
    OwnAnswers,

    /// <summary>Teacher-forced: both read the base model's greedy continuations.</summary>
    BaseAnswers,

    /// <summary>Teacher-forced: both read the texts that really followed the prompts.</summary>
    Continuations,

    /// <summary>Teacher-forced: both read one text, cut into pieces of prompt and new tokens.</summary>
    Text,
}

/// <summary>Statistics of every MLP neuron of a base model and its tuned partner, and the four groups (science.md, section 5).</summary>
public sealed record NeuronsParameters : RunParameters
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override RunKind Kind => RunKind.Neurons;

    public required InputRef Base { get; init; }

    public required InputRef Tuned { get; init; }

    public required InputRef Direction { get; init; }

    /// <summary>Null where the reading brings its own prompts (continuations, text).</summary>
    public DatasetRef? Prompts { get; init; }

    public NeuronReading Reading { get; init; }

    /// <summary>Prompts with gold continuations, for that reading.</summary>
    public DatasetRef? Continuations { get; init; }

    /// <summary>The text, for that reading.</summary>
    public DatasetRef? Text { get; init; }

    public int MaxPromptTokens { get; init; } = 32;

    public int NewTokens { get; init; } = 20;

    public int BatchSize { get; init; } = 64;

    /// <inheritdoc/>
    public override IEnumerable<InputRef> Inputs() =>
        new[] { Base, Tuned, Direction, Prompts?.File, Continuations?.File, Text?.File }.OfType<InputRef>();

    /// <inheritdoc/>
    protected override void Check(FieldChecks check)
    {
        ArgumentNullException.ThrowIfNull(check);
        check.Chosen(Base, "base", "base model");
        check.Chosen(Tuned, "tuned", "tuned model");
        check.Chosen(Direction, "direction", "direction");
        if (Reading is NeuronReading.OwnAnswers or NeuronReading.BaseAnswers)
            check.Chosen(Prompts?.File, "prompts", "prompts");
        if (Reading is NeuronReading.Continuations)
            check.Chosen(Continuations?.File, "continuations", "continuations");
        if (Reading is NeuronReading.Text)
            check.Chosen(Text?.File, "text", "text");
        check.Within(MaxPromptTokens, 1, 8192, "maxPromptTokens", "The papers cut at 32.");
        check.Within(NewTokens, 1, 4096, "newTokens", "The papers generate 20.");
        check.Within(BatchSize, 1, 4096, "batchSize", "Lower it when memory runs out.");
    }
}
