using static TorchSharp.torch;

namespace DpoLab.Compute.Generation;

/// <summary>What a model wrote behind a batch of prompts.</summary>
/// <param name="Ids">New token ids, <c>[B, new]</c>; behind a row's end stands the padding id.</param>
/// <param name="Lengths">For each row the tokens up to and including the first end of text; all of them where none came.</param>
public sealed record GeneratedBatch(long[,] Ids, int[] Lengths)
{
    /// <summary>The tokens of a row, its end of text included.</summary>
    public int[] Row(int row) => [.. Enumerable.Range(0, Lengths[row]).Select(position => (int)Ids[row, position])];

    /// <summary>The ids as a tensor <c>[B, new]</c>.</summary>
    public Tensor ToTensor(Device device) => tensor(Ids, ScalarType.Int64, device);
}
