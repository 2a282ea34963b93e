using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace DpoLab.Compute.Training;

/// <summary>The output projection of a model: logits = cap·tanh(h·Wᵀ/cap), or h·Wᵀ without a cap.</summary>
/// <param name="Rows">W, [V, D].</param>
/// <param name="SoftCap">Gemma's cap on logits; null: none.</param>
internal readonly record struct OutputProjection(Tensor Rows, double? SoftCap)
{
    /// <summary>Logits [r, V] of normed states [r, D], in float32.</summary>
    public Tensor Logits(Tensor states)
    {
        Tensor logits = functional.linear(states, Rows);                         // [r, V]
        if (SoftCap is { } cap)
            logits = cap * (logits / cap).tanh();
        return logits.dtype == ScalarType.Float32 ? logits : logits.to(ScalarType.Float32);
    }
}

/// <summary>The states that the reference model has at the same positions, with its own output projection.</summary>
/// <param name="States">[R, D], after the final norm.</param>
/// <param name="Output">The reference's output projection.</param>
internal readonly record struct ReferenceStates(Tensor States, OutputProjection Output);

/// <summary>What policy and reference make of the scored positions, each [R] float32.</summary>
/// <param name="LogProbabilities">log p(target).</param>
/// <param name="Divergences">KL(p_ref ‖ p); null without a reference.</param>
/// <param name="ReferenceLogProbabilities">log p_ref(target); null without a reference.</param>
internal readonly record struct TargetScores(Tensor LogProbabilities, Tensor? Divergences, Tensor? ReferenceLogProbabilities);

/// <summary>
/// Log-probabilities of target tokens, divergences from a reference, and their gradients, over the vocabulary.
/// </summary>
/// <remarks>
/// Nearly all memory of a training step would go into the logits [R, V] and what autograd keeps of them. So this stage is
/// outside autograd: logits exist for a piece of the positions at a time and are computed again on the way back, where the
/// gradient is known in closed form: ∂log p(y)/∂z = 1_y − p and ∂KL(p_ref ‖ p)/∂z = p − p_ref. A batch small enough is one
/// piece and keeps its probabilities.
/// </remarks>
internal sealed class VocabularyLoss
{
    /// <summary>Logits of one piece: 16 MB in float32, some 80 positions of GPT-2.</summary>
    public const long DefaultPieceElements = 1 << 22;

    private readonly Tensor states;
    private readonly Tensor targets;
    private readonly OutputProjection output;
    private readonly ReferenceStates? reference;
    private readonly int piece;
    private (Tensor LogProbabilities, Tensor? Reference, Tensor? CapSlope)? kept;

    /// <summary>The stage for some positions; nothing is computed yet.</summary>
    /// <param name="states">[R, D] after the final norm; its graph is not touched.</param>
    /// <param name="targets">[R] int64.</param>
    /// <param name="output">The policy's output projection.</param>
    /// <param name="reference">Null: no divergence is asked for.</param>
    /// <param name="pieceElements">Logits that may exist at a time.</param>
    public VocabularyLoss(
        Tensor states, Tensor targets, OutputProjection output, ReferenceStates? reference, long pieceElements = DefaultPieceElements)
    {
        this.states = states.detach();
        this.targets = targets;
        this.output = output with { Rows = output.Rows.detach() };
        this.reference = reference;
        long vocabulary = output.Rows.shape[0];
        piece = (int)Math.Clamp(pieceElements / vocabulary, 1, Math.Max(1, states.shape[0]));
    }

    /// <summary>What the policy, and the reference if there is one, make of the targets; without a graph.</summary>
    /// <param name="backwardFollows">True: a single piece keeps its probabilities for <see cref="Backward"/>.</param>
    public TargetScores Forward(bool backwardFollows)
    {
        using var noGrad = no_grad();
        var logProbabilities = new List<Tensor>();
        var divergences = new List<Tensor>();
        var references = new List<Tensor>();
        foreach ((long start, long count) in Pieces())
        {
            using var scope = NewDisposeScope();
            var (logP, logReference, capSlope) = Distributions(start, count);   // [r, V]
            Tensor target = targets.narrow(0, start, count).unsqueeze(1);        // [r, 1]
            logProbabilities.Add(logP.gather(1, target).squeeze(1).MoveToOuterDisposeScope());
            if (logReference is not null)
            {
                divergences.Add((logReference.exp() * (logReference - logP)).sum(1).MoveToOuterDisposeScope());
                references.Add(logReference.gather(1, target).squeeze(1).MoveToOuterDisposeScope());
            }

            if (backwardFollows && count == states.shape[0])
            {
                kept = (logP.MoveToOuterDisposeScope(), logReference?.MoveToOuterDisposeScope(), capSlope?.MoveToOuterDisposeScope());
            }
        }

        return reference is null
            ? new TargetScores(cat(logProbabilities), null, null)
            : new TargetScores(cat(logProbabilities), cat(divergences), cat(references));
    }

    /// <summary>
    /// The gradient [R, D] of Σ_r a_r·log p(target_r) + b_r·KL_r with respect to the states; that with respect to W is added
    /// to <paramref name="rowsGradient"/>.
    /// </summary>
    /// <param name="targetSlopes">a, [R] float32.</param>
    /// <param name="divergenceSlopes">b, [R] float32; null: no divergence in the loss.</param>
    /// <param name="rowsGradient">[V, D]; null: W is not trained.</param>
    public Tensor Backward(Tensor targetSlopes, Tensor? divergenceSlopes, Tensor? rowsGradient)
    {
        using var noGrad = no_grad();
        var gradients = new List<Tensor>();
        foreach ((long start, long count) in Pieces())
        {
            using var scope = NewDisposeScope();
            var (logP, logReference, capSlope) = kept ?? Distributions(start, count);
            Tensor p = logP.exp_();                                              // [r, V]; kept or not, nobody needs log p any more
            Tensor a = targetSlopes.narrow(0, start, count).unsqueeze(1);        // [r, 1]
            Tensor slope;
            if (divergenceSlopes is not null && logReference is not null)
            {
                Tensor b = divergenceSlopes.narrow(0, start, count).unsqueeze(1);
                slope = p.mul_(b - a).sub_(logReference.exp_().mul_(b));
            }
            else
            {
                slope = p.mul_(-a);
            }

            slope.scatter_add_(1, targets.narrow(0, start, count).unsqueeze(1), a);
            if (capSlope is not null)
                slope.mul_(capSlope);
            slope = slope.to(states.dtype);
            gradients.Add(slope.mm(output.Rows).MoveToOuterDisposeScope());      // [r, D]
            rowsGradient?.addmm_(slope.t(), states.narrow(0, start, count), 1, 1);
        }

        return cat(gradients);
    }

    /// <summary>log p, log p_ref and the slope of the soft cap, each [r, V] float32 or null.</summary>
    private (Tensor LogP, Tensor? LogReference, Tensor? CapSlope) Distributions(long start, long count)
    {
        using Tensor logits = output.Logits(states.narrow(0, start, count));
        Tensor? capSlope = output.SoftCap is { } cap ? (logits / cap).pow_(2).neg_().add_(1) : null;
        return (functional.log_softmax(logits, 1), ReferenceDistribution(start, count), capSlope);
    }

    private Tensor? ReferenceDistribution(long start, long count)
    {
        if (reference is not { } r)
            return null;
        using Tensor logits = r.Output.Logits(r.States.narrow(0, start, count));
        return functional.log_softmax(logits, 1);
    }

    private IEnumerable<(long Start, long Count)> Pieces()
    {
        for (long start = 0; start < states.shape[0]; start += piece)
            yield return (start, Math.Min(piece, states.shape[0] - start));
    }
}
