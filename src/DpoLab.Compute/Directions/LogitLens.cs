using DpoLab.Compute.Models;
using static TorchSharp.torch;

namespace DpoLab.Compute.Directions;

/// <summary>A token and its logit in a lens.</summary>
public readonly record struct LensLogit(int Id, double Logit);

/// <summary>The tokens that a vector pushes up and down when read through the end of the model.</summary>
/// <param name="Promoted">Greatest logit first.</param>
/// <param name="Suppressed">Least logit first.</param>
public sealed record LogitLens(IReadOnlyList<LensLogit> Promoted, IReadOnlyList<LensLogit> Suppressed)
{
    /// <summary>The <paramref name="count"/> top tokens of W_U · norm_final(u) and of its negative, before any soft cap.</summary>
    public static LogitLens Of(Decoder model, IReadOnlyList<double> vector, int count)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor logits = Logits(model, tensor(vector.ToArray(), ScalarType.Float64).unsqueeze(0)).squeeze(0);   // [V]
        count = (int)Math.Min(count, logits.shape[0]);
        return new LogitLens(Top(logits, count, largest: true), Top(logits, count, largest: false));
    }

    /// <summary>Logits [k, V] float32 of vectors [k, d], in the current dispose scope.</summary>
    public static Tensor Logits(Decoder model, Tensor vectors)
    {
        Tensor u = vectors.to(model.Precision, model.Device);
        return nn.functional.linear(model.FinalNorm(u), model.UnembeddingRows).to(ScalarType.Float32);
    }

    private static LensLogit[] Top(Tensor logits, int count, bool largest)
    {
        var (values, indices) = logits.topk(count, dim: 0, largest: largest, sorted: true);
        float[] logit = values.cpu().data<float>().ToArray();
        long[] id = indices.cpu().data<long>().ToArray();
        return [.. id.Zip(logit, (i, l) => new LensLogit((int)i, l))];
    }
}
