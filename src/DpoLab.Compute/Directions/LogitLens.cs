using DpoLab.Compute.Models;
using static TorchSharp.torch;

namespace DpoLab.Compute.Directions;

/// <summary>What a vector of the residual stream says when it is read through the end of the model (science.md, section 3).</summary>
public static class LogitLens
{
    /// <summary>W_U · norm_final(u) of vectors [k, d], before any soft cap: [k, V] float32, in the current dispose scope.</summary>
    public static Tensor Logits(Decoder model, Tensor vectors)
    {
        Tensor u = vectors.to(model.Precision, model.Device);
        return nn.functional.linear(model.FinalNorm(u), model.UnembeddingRows).to(ScalarType.Float32);
    }
}
