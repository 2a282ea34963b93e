using static TorchSharp.torch;

namespace DpoLab.Compute.Generation;

/// <summary>What has been generated so far, and which rows have ended.</summary>
internal sealed class GenerationState(GenerationOptions options, long batch, Device device)
{
    private readonly long[,] ids = new long[batch, options.NewTokens];
    private readonly int[] lengths = new int[batch];
    private readonly bool[] ended = new bool[batch];
    private readonly HashSet<long> ends = [.. options.EndOfText];
    private int[] rows = [.. Enumerable.Range(0, (int)batch)];
    private int steps;

    /// <summary>Rows still read that have not ended, bool <c>[rows]</c>; null while all of them go on.</summary>
    public Tensor? Active { get; private set; }

    public bool AllEnded { get; private set; }

    /// <summary>
    /// Gives up the ended rows once they are at least half of those that are read: answers of very different length would otherwise all cost as
    /// much as the longest.
    /// </summary>
    /// <returns>The places, among the rows read until now, of those that go on; null: nothing changes.</returns>
    public int[]? GiveUpEnded()
    {
        int[] going = [.. Enumerable.Range(0, rows.Length).Where(place => !ended[rows[place]])];
        if (going.Length == 0 || going.Length * 2 > rows.Length)
            return null;
        rows = Array.ConvertAll(going, place => rows[place]);
        Active?.Dispose();
        Active = null;
        return going;
    }

    /// <summary>Notes the tokens of a step; ended rows get the padding id.</summary>
    /// <returns>The tokens to read next, int64 <c>[rows]</c>.</returns>
    public Tensor Take(int step, Tensor chosen)
    {
        steps = step + 1;
        using var host = chosen.cpu();
        var tokens = host.data<long>().ToArray();
        var changed = false;
        for (var row = 0; row < batch; row++)
            ids[row, step] = options.PadId;
        for (var place = 0; place < rows.Length; place++)
        {
            var row = rows[place];
            if (ended[row])
                tokens[place] = options.PadId;
            else
                lengths[row]++;
            ids[row, step] = tokens[place];
            if (!ended[row] && options.StopAtEndOfText && ends.Contains(tokens[place]))
                ended[row] = changed = true;
        }

        if (changed)
        {
            AllEnded = Array.TrueForAll(ended, row => row);
            Active?.Dispose();
            Active = tensor(Array.ConvertAll(rows, row => !ended[row]), ScalarType.Bool, device).DetachFromDisposeScope();
        }

        return tensor(tokens, ScalarType.Int64, device);
    }

    public GeneratedBatch Result()
    {
        for (var step = steps; step < options.NewTokens; step++)
        {
            for (var row = 0; row < batch; row++)
                ids[row, step] = options.PadId;
        }

        Active?.Dispose();
        return new GeneratedBatch(ids, lengths);
    }
}
