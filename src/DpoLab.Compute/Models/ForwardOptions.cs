using static TorchSharp.torch;

namespace DpoLab.Compute.Models;

/// <summary>What a forward pass can be told beyond its input. Null members: as everywhere else.</summary>
public sealed record ForwardOptions
{
    /// <summary>Position ids in place of cumulative mask − 1, as in the papers' training code: <c>[B, T]</c> or <c>[1, T]</c>.</summary>
    public Tensor? Positions { get; init; }

    /// <summary>
    /// Whether attention goes through plain matrix products, as transformers' eager attention, rather than through a fused kernel. Training does:
    /// what the kernel rounds otherwise becomes, where a gradient is near zero, a whole step of RMSprop; and in rows that see no key at all (left
    /// padding under <c>published</c>, science.md, section 8) its gradients are wrong.
    /// </summary>
    public bool PlainAttention { get; init; }

    /// <summary>Handed on to hooks: see <see cref="ForwardContext.ActiveRows"/>.</summary>
    public Tensor? ActiveRows { get; init; }
}
