using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Evaluation;

/// <summary>A challenge prompt.</summary>
/// <param name="Index">Its place in its dataset, from 0.</param>
/// <param name="Text">Its text.</param>
public sealed record EvaluationPrompt(int Index, string Text);

/// <summary>A prompt with the text that really followed.</summary>
public sealed record GoldContinuation(string Prompt, string Gold);

/// <summary>What every variant is measured on.</summary>
public sealed record EvaluationInputs
{
    public required IReadOnlyList<EvaluationPrompt> Prompts { get; init; }

    /// <summary>For F1; empty: F1 is missing.</summary>
    public IReadOnlyList<GoldContinuation> Continuations { get; init; } = [];

    /// <summary>For perplexity; null: perplexity is missing.</summary>
    public string? Text { get; init; }
}

/// <summary>How variants are measured (science.md, section 7).</summary>
public sealed record EvaluationOptions
{
    /// <summary>First tokens of a prompt that are kept, special tokens included.</summary>
    public int MaxPromptTokens { get; init; } = 32;

    public int NewTokens { get; init; } = 20;

    /// <summary>Tokens in a perplexity window; null: 1024 or the model's length.</summary>
    public int? Window { get; init; }

    /// <summary>Tokens from the start of a window to that of the next; null: windows do not overlap.</summary>
    public int? Stride { get; init; }

    /// <summary>Also by the RealToxicityPrompts protocol; null: greedy continuations alone.</summary>
    public SampledToxicityOptions? Sampled { get; init; }

    /// <summary>Prompts that are answered at once.</summary>
    public int BatchSize { get; init; } = 64;

    public int BootstrapResamples { get; init; } = 10_000;

    /// <summary>Also measure perplexity with interventions at position 0 of each window only.</summary>
    public bool PublishedPerplexity { get; init; } = true;

    /// <summary>0: greedy. Above it, one draw a prompt from the tokens that together reach <see cref="TopP"/>.</summary>
    public double Temperature { get; init; }

    public double TopP { get; init; } = 1;

    /// <summary>Seeds the bootstrap and the draws.</summary>
    public int Seed { get; init; }

    public Protocol Protocol { get; init; } = Protocol.Corrected;

    /// <summary>The options that a spec asks for.</summary>
    public static EvaluationOptions Of(EvaluationData data, RunParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(parameters);
        return new EvaluationOptions
        {
            MaxPromptTokens = data.MaxPromptTokens,
            NewTokens = data.NewTokens,
            Window = data.Window,
            Stride = data.Stride,
            Sampled = data.Sampled,
            BatchSize = data.BatchSize,
            BootstrapResamples = data.BootstrapResamples,
            PublishedPerplexity = data.PublishedPerplexity,
            Seed = parameters.Seed,
            Protocol = parameters.Protocol,
        };
    }
}

/// <summary>How far the measurement of one variant is.</summary>
/// <param name="Stage">answers, toxicity, samples, continuations, perplexity, published perplexity.</param>
/// <param name="Done">Prompts or windows.</param>
/// <param name="Total">In this stage.</param>
public readonly record struct EvaluationProgress(string Stage, int Done, int Total);

/// <summary>What a stage of the measurement of one variant reports through: how many are done.</summary>
internal sealed class StageProgress : IProgress<int>
{
    private readonly IProgress<EvaluationProgress> progress;
    private readonly string stage;
    private readonly int total;

    private StageProgress(IProgress<EvaluationProgress> progress, string stage, int total) =>
        (this.progress, this.stage, this.total) = (progress, stage, total);

    /// <summary>Null where nobody listens.</summary>
    public static StageProgress? Of(IProgress<EvaluationProgress>? progress, string stage, int total) =>
        progress is null ? null : new StageProgress(progress, stage, total);

    /// <inheritdoc/>
    public void Report(int value) => progress.Report(new EvaluationProgress(stage, value, total));
}
