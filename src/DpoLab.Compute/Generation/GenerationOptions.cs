namespace DpoLab.Compute.Generation;

/// <summary>How a text is continued.</summary>
public sealed record GenerationOptions
{
    /// <summary>The most new tokens a row.</summary>
    public required int NewTokens { get; init; }

    /// <summary>0 takes the likeliest token each time (greedy); above it, logits are divided by it and a token is drawn.</summary>
    public double Temperature { get; init; }

    /// <summary>Draws from the smallest set of likeliest tokens whose probability together reaches this; 1 for all tokens.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Draws from the k likeliest tokens; null for all.</summary>
    public int? TopK { get; init; }

    /// <summary>Determines the draws. Row i of a prompt set gets the same draws however the set is cut into batches.</summary>
    public long Seed { get; init; }

    /// <summary>The ids that end a text.</summary>
    public IReadOnlyList<long> EndOfText { get; init; } = [];

    /// <summary>Whether a row ends after the first of <see cref="EndOfText"/>; otherwise such a token is one like any other.</summary>
    public bool StopAtEndOfText { get; init; } = true;

    /// <summary>What stands behind the end of a row in the result, and before the first token of a shorter prompt.</summary>
    public long PadId { get; init; }

    /// <summary>Whether tokens are drawn rather than chosen.</summary>
    public bool IsSampled => Temperature > 0;

    /// <summary>Refuses values that mean nothing.</summary>
    /// <exception cref="InputException">A value is out of its range.</exception>
    public void Validate()
    {
        if (NewTokens < 1)
            throw new InputException($"New tokens is {NewTokens}; it must be at least 1.");
        if (!double.IsFinite(Temperature) || Temperature < 0)
            throw new InputException($"Temperature is {Temperature}; it must be 0 (greedy) or above.");
        if (TopP is not (> 0 and <= 1))
            throw new InputException($"Top-p is {TopP}; it must be above 0 and at most 1.");
        if (TopK is < 1)
            throw new InputException($"Top-k is {TopK}; it must be at least 1, or absent.");
    }
}

/// <summary>How far a generation is.</summary>
/// <param name="Done">Tokens generated.</param>
/// <param name="Total">Tokens that there will be at most.</param>
public readonly record struct GenerationProgress(long Done, long Total);
