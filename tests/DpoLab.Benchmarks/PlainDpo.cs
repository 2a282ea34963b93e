using DpoLab.Compute.Models;
using DpoLab.Compute.Training;
using static TorchSharp.torch;

namespace DpoLab.Benchmarks;

/// <summary>
/// A DPO step as it is usually written: every sequence padded to the full length, a second model's forward pass for the reference, logits of all
/// positions kept for autograd. The optimizer is the lab's, so that only the step itself differs.
/// </summary>
internal sealed class PlainDpo(Decoder policy, Decoder reference, ParameterOptimizer optimizer)
{
    /// <summary>Tokens that every sequence is padded to.</summary>
    public const int Length = 64;

    private const double Beta = 0.1;

    /// <summary>One step of the sigmoid loss on some pairs.</summary>
    public double Step(IReadOnlyList<PreferencePair> pairs)
    {
        using var scope = NewDisposeScope();
        var (ids, labels, scored) = Padded([.. pairs.Select(p => (p.Prompt, p.Chosen)), .. pairs.Select(p => (p.Prompt, p.Rejected))]);
        var sums = Sums(policy, ids, labels, scored); // [2B]
        Tensor referenceSums;
        using (no_grad())
            referenceSums = Sums(reference, ids, labels, scored);
        var ratios = (sums - referenceSums).view(2, pairs.Count);
        var loss = -nn.functional.logsigmoid(Beta * (ratios[0] - ratios[1])).mean();
        loss.backward();
        optimizer.Step(1e-6, Math.Min(1, 10 / (optimizer.GradientNorm() + 1e-6)));
        optimizer.ClearGradients();
        return loss.item<float>();
    }

    private static Tensor Sums(Decoder model, Tensor ids, Tensor labels, Tensor scored)
    {
        var logits = model.Forward(ids); // [2B, T, V]
        var log = nn.functional.log_softmax(logits.narrow(1, 0, Length - 1), -1);
        return (log.gather(2, labels.unsqueeze(2)).squeeze(2) * scored).sum(1);
    }

    /// <summary>Ids <c>[2B, T]</c>, the tokens that follow them <c>[2B, T − 1]</c>, and 1 where such a token belongs to the response.</summary>
    private static (Tensor Ids, Tensor Labels, Tensor Scored) Padded((int[] Prompt, int[] Response)[] rows)
    {
        var ids = new long[rows.Length, Length];
        var scored = new float[rows.Length, Length - 1];
        for (var row = 0; row < rows.Length; row++)
        {
            int[] text = [.. rows[row].Prompt, .. rows[row].Response];
            for (var t = 0; t < text.Length; t++)
                ids[row, t] = text[t];
            for (var t = rows[row].Prompt.Length; t < text.Length; t++)
                scored[row, t - 1] = 1;
        }

        var all = tensor(ids, ScalarType.Int64);
        return (all, all.narrow(1, 1, Length - 1), tensor(scored));
    }
}
