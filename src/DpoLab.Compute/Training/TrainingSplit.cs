namespace DpoLab.Compute.Training;

/// <summary>Which pairs train and which validate: seeded, saved with the run.</summary>
/// <param name="Training">Indices of the dataset, in its order.</param>
/// <param name="Validation">Indices of the dataset, in its order.</param>
public sealed record TrainingSplit(int[] Training, int[] Validation)
{
    // Streams of SeededOrder: epochs are 0, 1, 2, …
    private const long SplitStream = -1;

    /// <summary>Holds out <paramref name="validation"/> of <paramref name="count"/> pairs.</summary>
    /// <exception cref="TrainingException">Nothing would be left to train on.</exception>
    public static TrainingSplit Of(int count, int validation, int seed)
    {
        if (validation >= count)
        {
            throw new TrainingException(
                $"{count} pairs, of which {validation} are held out for validation: none is left to train on. Hold out fewer or add pairs.");
        }

        int[] order = SeededOrder.Permutation(count, seed, SplitStream);
        return new TrainingSplit([.. order[validation..].Order()], [.. order[..validation].Order()]);
    }

    /// <summary>
    /// The training pairs of a batch, counted from 0 over the whole training. Epochs follow each other without gaps, each in
    /// an order of its own, so the position in the data is a function of the batch's number and needs no saving.
    /// </summary>
    public int[] Batch(long number, int size, int seed)
    {
        int[] batch = new int[size];
        long first = number * size;
        long epoch = -1;
        int[] order = [];
        for (int i = 0; i < size; i++)
        {
            long position = first + i;
            if (position / Training.Length != epoch)
            {
                epoch = position / Training.Length;
                order = SeededOrder.Permutation(Training.Length, seed, epoch);
            }

            batch[i] = Training[order[position % Training.Length]];
        }

        return batch;
    }
}
