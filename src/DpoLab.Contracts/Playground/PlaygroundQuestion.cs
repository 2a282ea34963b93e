using System.Text.Json.Serialization;
using DpoLab.Contracts.Runs;

namespace DpoLab.Contracts.Playground;

/// <summary>What a person asks of loaded models at once, without a run.</summary>
public sealed record PlaygroundQuestion
{
    /// <summary>The succeeded neurons run whose base model, tuned model, direction and statistics are used.</summary>
    public required string RunId { get; init; }

    /// <summary>What to do with them.</summary>
    public required PlaygroundTask Task { get; init; }

    /// <summary>Number format of weights and activations.</summary>
    public Precision Precision { get; init; } = Precision.Fp32;
}

/// <summary>What to do with the loaded models.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "task", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(AnswerTask), "answer")]
[JsonDerivedType(typeof(LensTask), "lens")]
public abstract record PlaygroundTask
{
    /// <summary>Files that it reads besides the models.</summary>
    public virtual IEnumerable<InputRef> Inputs() => [];
}

/// <summary>Continue one prompt, column by column.</summary>
public sealed record AnswerTask : PlaygroundTask
{
    public required string Prompt { get; init; }

    /// <summary>In the order in which they answer.</summary>
    public required IReadOnlyList<PlaygroundColumn> Columns { get; init; }

    /// <summary>First tokens of the prompt that are kept, special tokens included.</summary>
    public int MaxPromptTokens { get; init; } = 32;

    public int NewTokens { get; init; } = 40;

    /// <summary>0: greedy.</summary>
    public double Temperature { get; init; }

    /// <summary>Draws from the smallest set of likeliest tokens whose probability together reaches this.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>The same seed gives the same draws, in every column.</summary>
    public long Seed { get; init; }

    /// <summary>Scores each finished answer; null: answers are not scored.</summary>
    public InputRef? Scorer { get; init; }

    /// <summary>Which output of the scorer is toxicity; null: by its name.</summary>
    public string? ScorerLabel { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<InputRef> Inputs() => Columns.SelectMany(column => column.Intervention?.Inputs() ?? []);
}

/// <summary>A model that answers, as it is or with something done to it.</summary>
/// <param name="Name">Unique in the question.</param>
/// <param name="Tuned">The run's tuned model instead of its base.</param>
/// <param name="Intervention">Null: nothing intervenes.</param>
public sealed record PlaygroundColumn(string Name, bool Tuned = false, Intervention? Intervention = null);

/// <summary>What the stream says after each half layer about the token that comes next, in the base and in the tuned model.</summary>
public sealed record LensTask : PlaygroundTask
{
    /// <summary>One prompt; null: those of <see cref="Prompts"/>.</summary>
    public string? Prompt { get; init; }

    /// <summary>A set of prompts, over which probabilities are averaged; null: <see cref="Prompt"/> alone.</summary>
    public DatasetRef? Prompts { get; init; }

    /// <summary>Followed through the layers; each must be one token, as <c>" word"</c> with its leading space is.</summary>
    public required IReadOnlyList<string> Tokens { get; init; }

    public int MaxPromptTokens { get; init; } = 32;

    /// <summary>Likeliest tokens at each point.</summary>
    public int Top { get; init; } = 5;
}
