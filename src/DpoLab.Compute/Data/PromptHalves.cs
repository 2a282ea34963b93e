using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Data;

/// <summary>The two halves of a prompt set: settings are chosen on one, every table reports the other.</summary>
public static class PromptHalves
{
    /// <summary>The indices of a half, ascending. The halves differ in size by at most one; the report half is the larger.</summary>
    public static IReadOnlyList<int> Select(int prompts, int seed, PromptHalf half)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(prompts);
        int[] indices = [.. Enumerable.Range(0, prompts)];
        if (half is PromptHalf.All)
            return indices;
        new SeededRandom(seed).Shuffle(indices.AsSpan());
        int[] chosen = half is PromptHalf.Selection ? indices[..(prompts / 2)] : indices[(prompts / 2)..];
        Array.Sort(chosen);
        return chosen;
    }
}
