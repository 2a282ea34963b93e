using static TorchSharp.torch;

namespace DpoLab.Compute.Models;

/// <summary>What a hook is told about the forward pass that it is called in. One object serves all layers of one pass.</summary>
public sealed class ForwardContext
{
    /// <summary>The layer whose value is handed over, from 0.</summary>
    public int Layer { get; internal set; }

    /// <summary>The number of positions that the key/value cache already held.</summary>
    public required long Past { get; init; }

    /// <summary>1 where a token is real, 0 where it is padding: <c>[B, Past + T]</c>; null when all are real.</summary>
    public Tensor? AttentionMask { get; init; }

    /// <summary>The position ids of the tokens of this pass: <c>[B, T]</c> or <c>[1, T]</c>.</summary>
    public required Tensor Positions { get; init; }

    /// <summary>
    /// During generation: which rows have not ended yet, bool <c>[B]</c>, so that the token which this pass predicts for them counts. Null when all
    /// count, and outside generation.
    /// </summary>
    public Tensor? ActiveRows { get; init; }

    /// <summary>Whether this pass reads a prompt or a whole text, rather than the one token that was generated last.</summary>
    public required bool IsPrefill { get; init; }
}
