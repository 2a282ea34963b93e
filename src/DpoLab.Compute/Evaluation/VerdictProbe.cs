using DpoLab.Compute.Interventions;
using DpoLab.Compute.Models;
using DpoLab.Contracts.Runs;
using static TorchSharp.torch;

namespace DpoLab.Compute.Evaluation;

/// <summary>
/// The plain model's logits on a few prompts with its own answers, read in one pass. An intervention is judged by how far it moves them on the
/// same tokens (science.md, section 6).
/// </summary>
public sealed class VerdictProbe : IDisposable
{
    private readonly Decoder decoder;
    private readonly long promptColumns;
    private readonly Tensor ids; // [P, T + N]
    private readonly Tensor attentionMask; // [P, T + N]
    private readonly Tensor counted; // [P, N, 1] bool: columns whose prediction counts
    private readonly Tensor plain; // [P, N, V] fp32

    /// <summary>Reads the prompts with the plain model.</summary>
    /// <param name="decoder">The model, with nothing intervening.</param>
    /// <param name="prompts">A few prompts.</param>
    /// <param name="answers">The plain model's continuation of each.</param>
    public VerdictProbe(Decoder decoder, IReadOnlyList<int[]> prompts, IReadOnlyList<int[]> answers)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(answers);
        this.decoder = decoder;
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
        plain = Logits().DetachFromDisposeScope();
        Rounding = LogitRounding.Bound(decoder.Precision, (plain.abs() * counted).max().cpu().item<float>());
        if (!double.IsFinite(Rounding))
            throw new InputException("The plain model's logits are not finite. Check its weights, or evaluate it in fp32.");
    }

    /// <summary>The change that rounding alone could make.</summary>
    public double Rounding { get; }

    /// <summary>The largest absolute change of a logit that the plan makes, at the positions of its own scope.</summary>
    public double LargestChange(InterventionPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var acted = plan.Scope is PositionScope.All ? ActedPositions.All : ActedPositions.From(promptColumns - 1);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var active = ActiveIntervention.Apply(decoder, plan, acted);
        double change = ((Logits() - plain).abs() * counted).max().cpu().item<float>();
        active.RequireFired();
        return change;
    }

    /// <summary>The self-check that interventions of strength 0 change nothing on these tokens.</summary>
    public void CheckStrengthZero() => StrengthZeroCheck.Run(decoder, ids, attentionMask);

    /// <inheritdoc/>
    public void Dispose()
    {
        ids.Dispose();
        attentionMask.Dispose();
        counted.Dispose();
        plain.Dispose();
    }

    private Tensor Logits()
    {
        var hidden = decoder.Hidden(ids, attentionMask); // [P, T + N, d]
        hidden = hidden.narrow(1, promptColumns - 1, hidden.shape[1] - promptColumns + 1); // [P, N + 1, d]: the columns that predict
        return decoder.Unembed(decoder.FinalNorm(hidden)).to(ScalarType.Float32);
    }
}
