using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Data;

/// <summary>A seeded split of labelled records that keeps the share of each class.</summary>
/// <param name="Training">Indices, ascending.</param>
/// <param name="Validation">Indices, ascending.</param>
public sealed record StratifiedSplit(IReadOnlyList<int> Training, IReadOnlyList<int> Validation)
{
    /// <summary>Holds out the rounded share of each class, at least one of a class with two or more members and never all of it.</summary>
    /// <param name="labels">The class of each record.</param>
    /// <param name="validationShare">Between 0 and 1, exclusive.</param>
    /// <param name="seed">The same seed gives the same split.</param>
    public static StratifiedSplit Make(IReadOnlyList<bool> labels, double validationShare, int seed)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (validationShare is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(validationShare), validationShare, "Between 0 and 1.");
        var random = new SeededRandom(seed);
        var training = new List<int>();
        var validation = new List<int>();
        foreach (bool label in new[] { false, true })
        {
            int[] members = [.. Enumerable.Range(0, labels.Count).Where(i => labels[i] == label)];
            random.Shuffle(members.AsSpan());
            int held = (int)Math.Round(members.Length * validationShare, MidpointRounding.AwayFromZero);
            held = members.Length < 2 ? 0 : Math.Clamp(held, 1, members.Length - 1);
            validation.AddRange(members[..held]);
            training.AddRange(members[held..]);
        }

        training.Sort();
        validation.Sort();
        return new StratifiedSplit(training, validation);
    }
}

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
