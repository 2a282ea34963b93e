using DpoLab.Compute.Training;

namespace DpoLab.Compute.Directions;

/// <summary>A seeded split in which both parts hold the classes in the same proportion.</summary>
/// <param name="Training">Indices, increasing.</param>
/// <param name="Validation">Indices, increasing.</param>
public sealed record StratifiedSplit(int[] Training, int[] Validation)
{
    /// <summary>Holds out <paramref name="validationShare"/> of each class, at least one text of each.</summary>
    /// <exception cref="ArgumentException">A class has fewer than two texts.</exception>
    public static StratifiedSplit Of(IReadOnlyList<bool> labels, double validationShare, int seed)
    {
        var validation = new List<int>();
        var training = new List<int>();
        foreach (bool label in new[] { false, true })
        {
            int[] members = [.. Enumerable.Range(0, labels.Count).Where(i => labels[i] == label)];
            if (members.Length < 2)
            {
                throw new ArgumentException(
                    $"Only {members.Length} text is labelled {(label ? "toxic" : "not toxic")}; the probe needs at least two to train and validate.",
                    nameof(labels));
            }

            int[] order = SeededOrder.Permutation(members.Length, seed, stream: label ? 1 : 0);
            int held = Math.Clamp((int)Math.Round(validationShare * members.Length), 1, members.Length - 1);
            validation.AddRange(order[..held].Select(i => members[i]));
            training.AddRange(order[held..].Select(i => members[i]));
        }

        return new StratifiedSplit([.. training.Order()], [.. validation.Order()]);
    }
}
