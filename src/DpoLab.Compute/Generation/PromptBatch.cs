using static TorchSharp.torch;

namespace DpoLab.Compute.Generation;

/// <summary>Prompts of different lengths as one tensor, padded on the left so that all end at the same place.</summary>
public static class PromptBatch
{
    /// <summary>Pads prompts to the longest one.</summary>
    /// <returns>Ids and mask (1 = real), int64 <c>[B, T]</c>, in the current dispose scope.</returns>
    /// <exception cref="InputException">There is no prompt, or one of them is empty.</exception>
    public static (Tensor Ids, Tensor Mask) Pad(IReadOnlyList<int[]> prompts, long padId, Device device)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        if (prompts.Count == 0)
            throw new InputException("There is no prompt to continue.");
        var width = prompts.Max(prompt => prompt.Length);
        var ids = new long[prompts.Count, width];
        var mask = new long[prompts.Count, width];
        for (var row = 0; row < prompts.Count; row++)
        {
            var padding = width - prompts[row].Length;
            if (padding == width)
                throw new InputException($"Prompt {row + 1} is empty: a model needs at least one token to continue.");
            for (var position = 0; position < width; position++)
            {
                ids[row, position] = position < padding ? padId : prompts[row][position - padding];
                mask[row, position] = position < padding ? 0 : 1;
            }
        }

        return (tensor(ids, ScalarType.Int64, device), tensor(mask, ScalarType.Int64, device));
    }
}
