using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Interventions;

/// <summary>The positions of a forward pass that an intervention acts on.</summary>
/// <remarks>Prompts are padded on the left, so that the last prompt position is the same column in every row.</remarks>
public readonly record struct ActedPositions
{
    private readonly long start;
    private readonly long? length;

    private ActedPositions(long start, long? length)
    {
        this.start = start;
        this.length = length;
    }

    /// <summary>Every position.</summary>
    public static ActedPositions All { get; } = new(0, null);

    /// <summary>The last position of the first pass, and every later one.</summary>
    public static ActedPositions Generated { get; } = new(-1, null);

    /// <summary>Position 0 of each window alone: what the reference code's perplexity edits (science.md, section 8).</summary>
    public static ActedPositions FirstOfWindow { get; } = new(0, 1);

    /// <summary>From this position on: the scope <see cref="Generated"/> when prompt and continuation are read in one pass.</summary>
    public static ActedPositions From(long position) => new(position, null);

    /// <summary>The positions of a scope while generating.</summary>
    public static ActedPositions Of(PositionScope scope) => scope is PositionScope.All ? All : Generated;

    /// <summary>Where in a pass over <paramref name="count"/> new positions to act.</summary>
    /// <param name="past">Positions already in the cache.</param>
    /// <param name="count">T.</param>
    /// <returns>First column and number of columns; 0 columns: nowhere.</returns>
    public (long Start, long Length) In(long past, long count)
    {
        long first = start < 0 ? (past == 0 ? count + start : 0) : start - past;
        long end = length is { } limit ? first + limit : count;
        first = Math.Clamp(first, 0, count);
        return (first, Math.Clamp(end, first, count) - first);
    }
}
