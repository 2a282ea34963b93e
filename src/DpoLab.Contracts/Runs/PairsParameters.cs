using System.Text.Json.Serialization;

namespace DpoLab.Contracts.Runs;

/// <summary>Where preference pairs come from.</summary>
public enum PairsSource
{
    /// <summary>A dataset of prompt, chosen and rejected: checked record by record and written in the lab's form.</summary>
    Dataset,

    /// <summary>The model itself: its own answer as chosen, its answer steered towards the direction as rejected.</summary>
    Model,
}

/// <summary>Makes preference pairs for DPO.</summary>
public sealed record PairsParameters : RunParameters
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override RunKind Kind => RunKind.Pairs;

    public PairsSource Source { get; init; } = PairsSource.Dataset;

    /// <summary>Dataset source: the pairs.</summary>
    public DatasetRef? Pairs { get; init; }

    /// <summary>Model source: who answers.</summary>
    public InputRef? Model { get; init; }

    /// <summary>Model source: what is answered.</summary>
    public DatasetRef? Prompts { get; init; }

    /// <summary>Model source: the direction that rejected answers are steered towards.</summary>
    public InputRef? Direction { get; init; }

    /// <summary>Model source: who judges the gap between the two answers.</summary>
    public InputRef? Scorer { get; init; }

    /// <summary>Strength s of the steering: <c>resid_post</c> of the last layer plus s·w.</summary>
    public double Strength { get; init; } = 20;

    /// <summary>A pair is kept if the rejected answer's toxicity exceeds the chosen one's by at least this.</summary>
    public double LeastGap { get; init; } = 0.5;

    public int MaxPromptTokens { get; init; } = 32;

    public int NewTokens { get; init; } = 20;

    /// <summary>0: greedy.</summary>
    public double Temperature { get; init; }

    public double TopP { get; init; } = 1;

    public int BatchSize { get; init; } = 64;

    /// <inheritdoc/>
    public override IEnumerable<InputRef> Inputs() =>
        new[] { Pairs?.File, Model, Prompts?.File, Direction, Scorer }.OfType<InputRef>();

    /// <inheritdoc/>
    protected override void Check(FieldChecks check)
    {
        ArgumentNullException.ThrowIfNull(check);
        if (Source is PairsSource.Dataset)
        {
            check.Chosen(Pairs?.File, "pairs", "preference pairs");
            return;
        }

        check.Chosen(Model, "model", "model");
        check.Chosen(Prompts?.File, "prompts", "prompts");
        check.Chosen(Direction, "direction", "direction");
        check.Chosen(Scorer, "scorer", "scorer");
        check.Within(Strength, 1e-3, 1e4, "strength", "20 to 100 in the papers.");
        check.Within(LeastGap, 0, 1, "leastGap", "0 keeps every pair, 1 none.");
        check.Within(MaxPromptTokens, 1, 8192, "maxPromptTokens", "The papers cut at 32.");
        check.Within(NewTokens, 1, 4096, "newTokens", "The papers generate 20.");
        check.Within(Temperature, 0, 10, "temperature", "0 is greedy, 1 the model's own distribution.");
        check.Within(TopP, 0.01, 1, "topP", "1 keeps every token.");
        check.Within(BatchSize, 1, 4096, "batchSize", "Lower it when memory runs out.");
    }
}
