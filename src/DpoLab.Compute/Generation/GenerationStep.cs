using static TorchSharp.torch;

namespace DpoLab.Compute.Generation;

/// <summary>One step of a generation. Its tensors are only good until the call that shows them returns.</summary>
/// <param name="Index">From 0.</param>
/// <param name="Stream">The residual stream after the last layer, before the final norm, at the position that predicts: <c>[rows, D]</c>.</param>
/// <param name="Logits">Of the next token, before temperature and top-p: <c>[rows, V]</c>.</param>
/// <param name="Chosen">The chosen ids, padding for rows that have ended: <c>[rows]</c>.</param>
public readonly record struct GenerationStep(int Index, Tensor Stream, Tensor Logits, Tensor Chosen);
