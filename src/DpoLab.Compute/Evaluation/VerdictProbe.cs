using DpoLab.Compute.Interventions;
using DpoLab.Compute.Models;
using DpoLab.Contracts.Runs;
using static TorchSharp.torch;

namespace DpoLab.Compute.Evaluation;

/// <summary>
/// A model's logits on a few prompts with the plain model's answers, read in one pass. An intervention is judged by how far it moves them on the
/// same tokens (science.md, section 6); an attack, by how far it moves those of the model that is attacked, with what intervenes on it.
/// </summary>
public sealed class VerdictProbe : IDisposable
{
    private readonly Decoder decoder;
    private readonly InterventionPlan? on;
    private readonly long promptColumns;
    private readonly Tensor ids; // [P, T + N]
    private readonly Tensor attentionMask; // [P, T + N]
    private readonly Tensor counted; // [P, N, 1] bool: columns whose prediction counts
    private readonly Tensor before; // [P, N, V] fp32

    /// <summary>Reads the prompts with the model as it is now.</summary>
    /// <param name="decoder">The model, with nothing intervening.</param>
    /// <param name="prompts">A few prompts.</param>
    /// <param name="answers">The plain model's continuation of each.</param>
    /// <param name="on">What is in force before and after; null: nothing.</param>
    public VerdictProbe(Decoder decoder, IReadOnlyList<int[]> prompts, IReadOnlyList<int[]> answers, InterventionPlan? on = null)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(answers);
        (this.decoder, this.on) = (decoder, on);
        int columns = prompts.Max(p => p.Length);
        int most = answers.Max(a => a.Length);
        promptColumns = columns;
        var flatIds = new long[prompts.Count * (columns + most)];
        var mask = new long[flatIds.Length];
        var counts = new bool[prompts.Count * (most + 1)];
        for (int row = 0; row < prompts.Count; row++)
        {
            int start = (row * (columns + most)) + columns - prompts[row].Length;
            foreach (int id in prompts[row].Concat(answers[row]))
            {
                flatIds[start] = id;
                mask[start++] = 1;
            }

            Array.Fill(counts, true, row * (most + 1), answers[row].Length + 1);
        }

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        ids = tensor(flatIds, ScalarType.Int64, decoder.Device).view(prompts.Count, -1).DetachFromDisposeScope();
        attentionMask = tensor(mask, ScalarType.Int64, decoder.Device).view(prompts.Count, -1).DetachFromDisposeScope();
        counted = tensor(counts, ScalarType.Bool, decoder.Device).view(prompts.Count, -1, 1).DetachFromDisposeScope();
        before = Logits(null).DetachFromDisposeScope();
        Rounding = LogitRounding.Bound(decoder.Precision, (before.abs() * counted).max().cpu().item<float>());
        if (!double.IsFinite(Rounding))
            throw new InputException("The plain model's logits are not finite. Check its weights, or evaluate it in fp32.");
    }

    /// <summary>The change that rounding alone could make.</summary>
    public double Rounding { get; }

    /// <summary>The largest absolute change of a logit since then, each plan acting at the positions of its own scope.</summary>
    /// <param name="plan">What acts now, after what was in force then; null: nothing, but the weights may have changed.</param>
    public double LargestChange(InterventionPlan? plan)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return ((Logits(plan) - before).abs() * counted).max().cpu().item<float>();
    }

    /// <summary>The self-check that interventions of strength 0 change nothing on these tokens.</summary>
    public void CheckStrengthZero() => StrengthZeroCheck.Run(decoder, ids, attentionMask);

    /// <inheritdoc/>
    public void Dispose()
    {
        ids.Dispose();
        attentionMask.Dispose();
        counted.Dispose();
        before.Dispose();
    }

    private Tensor Logits(InterventionPlan? plan)
    {
        using var active = InterventionStack.Apply(
            decoder,
            new[] { on, plan }.OfType<InterventionPlan>(),
            where => where is PositionScope.All ? ActedPositions.All : ActedPositions.From(promptColumns - 1));
        var hidden = decoder.Hidden(ids, attentionMask); // [P, T + N, d]
        hidden = hidden.narrow(1, promptColumns - 1, hidden.shape[1] - promptColumns + 1); // [P, N + 1, d]: the columns that predict
        var logits = decoder.Unembed(decoder.FinalNorm(hidden)).to(ScalarType.Float32);
        active.RequireFired();
        return logits;
    }
}
