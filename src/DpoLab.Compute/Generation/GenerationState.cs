using static TorchSharp.torch;

namespace DpoLab.Compute.Generation;

/// <summary>What has been generated so far, and which rows have ended.</summary>
internal sealed class GenerationState(GenerationOptions options, long batch, Device device)
{
    private readonly long[,] ids = new long[batch, options.NewTokens];
    private readonly int[] lengths = new int[batch];
    private readonly bool[] ended = new bool[batch];
    private readonly HashSet<long> ends = [.. options.EndOfText];
    private int steps;

    /// <summary>Rows that have not ended, bool <c>[B]</c>; null while none has.</summary>
    public Tensor? Active { get; private set; }

    public bool AllEnded { get; private set; }

    /// <summary>Notes the tokens of a step; ended rows get the padding id.</summary>
    /// <returns>The tokens to read next, int64 <c>[B]</c>.</returns>
    public Tensor Take(int step, Tensor chosen)
    {
        steps = step + 1;
        using var host = chosen.cpu();
        var tokens = host.data<long>().ToArray();
        var changed = false;
        for (var row = 0; row < batch; row++)
        {
            if (ended[row])
                tokens[row] = options.PadId;
            else
                lengths[row]++;
            ids[row, step] = tokens[row];
            if (!ended[row] && options.StopAtEndOfText && ends.Contains(tokens[row]))
                ended[row] = changed = true;
        }

        if (changed)
        {
            AllEnded = Array.TrueForAll(ended, row => row);
            Active?.Dispose();
            Active = tensor(Array.ConvertAll(ended, row => !row), ScalarType.Bool, device).DetachFromDisposeScope();
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
