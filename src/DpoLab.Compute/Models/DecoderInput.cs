using static TorchSharp.torch;

namespace DpoLab.Compute.Models;

/// <summary>
/// Checks of what is given to a forward pass. They stand at the edge because inside, a wrong shape would abort the process instead of
/// throwing, and a wrong id on a GPU would make the device unusable.
/// </summary>
internal static class DecoderInput
{
    public static void Check(DecoderConfiguration c, Tensor ids, Tensor? mask, KeyValueCache? cache, long past, Tensor? positions)
    {
        if (ids.dim() != 2 || ids.dtype != ScalarType.Int64 || ids.numel() == 0)
            throw new ArgumentException($"Token ids are {Described(ids)}; they must be Int64 [rows, positions], at least one of each.", nameof(ids));
        var (batch, length) = (ids.shape[0], ids.shape[1]);
        var total = past + length;
        if (mask is not null && (mask.dim() != 2 || mask.shape[0] != batch || mask.shape[1] != total))
            throw new ArgumentException($"The attention mask is {Described(mask)}; it must be [{batch}, {total}], earlier positions included.", nameof(mask));
        if (cache is not null && (cache.Batch != batch || cache.Capacity < total))
            throw new ArgumentException($"The key/value cache holds {cache.Batch} rows of {cache.Capacity} positions; {batch} of {total} are needed.", nameof(cache));
        if (positions is not null && (positions.dim() != 2 || (positions.shape[0] != batch && positions.shape[0] != 1) || positions.shape[1] != length))
            throw new ArgumentException($"Position ids are {Described(positions)}; they must be [{batch}, {length}].", nameof(positions));
        CheckContext(c, ids, past, mask, positions);
        // During generation the ids come from the model itself.
        if (past == 0)
            CheckVocabulary(c, ids);
    }

    public static bool IsAllOnes(Tensor mask)
    {
        using var scope = NewDisposeScope();
        return (mask != 0).all().item<bool>();
    }

    /// <summary>Cumulative mask − 1, at least 0, of the last <paramref name="length"/> positions: <c>[B, T]</c>, or <c>[1, T]</c> without a mask.</summary>
    public static Tensor Positions(Tensor? mask, long past, long length, Device device)
    {
        using var scope = NewDisposeScope();
        var positions = mask is null
            ? arange(past, past + length, ScalarType.Int64, device).unsqueeze(0)
            : ((mask != 0).to(ScalarType.Int64).cumsum(1) - 1).clamp_min(0).narrow(1, past, length);
        return scope.MoveToOuter(positions);
    }

    private static void CheckContext(DecoderConfiguration c, Tensor ids, long past, Tensor? mask, Tensor? positions)
    {
        var total = past + ids.shape[1];
        using var scope = NewDisposeScope();
        var needed = positions is not null ? positions.max().item<long>() + 1
            : total <= c.ContextLength || mask is null ? total
            : (mask != 0).sum(1).max().item<long>();
        if (needed > c.ContextLength)
        {
            throw new ArgumentException(
                $"A text of {needed} tokens is longer than the model's context of {c.ContextLength}. Cut the prompt, or ask for fewer new tokens.", nameof(ids));
        }
    }

    private static void CheckVocabulary(DecoderConfiguration c, Tensor ids)
    {
        using var scope = NewDisposeScope();
        var (low, high) = (ids.min().item<long>(), ids.max().item<long>());
        if (low < 0 || high >= c.Vocabulary)
        {
            throw new ArgumentException(
                $"Token id {(low < 0 ? low : high)} is not in the model's vocabulary of {c.Vocabulary}. Does the tokenizer belong to this model?", nameof(ids));
        }
    }

    private static string Described(Tensor tensor) => $"{tensor.dtype} [{string.Join(", ", tensor.shape)}]";
}
