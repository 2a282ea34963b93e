using static TorchSharp.torch;

namespace DpoLab.Compute.Models;

/// <summary>What a forward pass can be told beyond its input. Null members: as everywhere else.</summary>
public sealed record ForwardOptions
{
    /// <summary>Position ids in place of cumulative mask − 1, as in the papers' training code: <c>[B, T]</c> or <c>[1, T]</c>.</summary>
    public Tensor? Positions { get; init; }

    /// <summary>
    /// Whether gradients must be exact in rows that see no key at all (left padding), which then attend evenly to every key (science.md,
    /// section 8). The fused kernels give such rows the right values but not the right gradients.
    /// </summary>
    public bool ExactMaskedRows { get; init; }

    /// <summary>Handed on to hooks: see <see cref="ForwardContext.ActiveRows"/>.</summary>
    public Tensor? ActiveRows { get; init; }
}
