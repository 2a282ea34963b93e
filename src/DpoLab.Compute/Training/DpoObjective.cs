using DpoLab.Compute.Models;
using DpoLab.Contracts.Runs;
using static TorchSharp.torch;

namespace DpoLab.Compute.Training;

/// <summary>
/// The loss of a batch of pairs and its gradient (science.md, section 4): mean over pairs of the preference loss plus
/// γ·(K⁺ + K⁻).
/// </summary>
internal sealed class DpoObjective(TrainingSubject subject, DpoOptions options, ReferenceSums reference)
{
    private readonly Decoder policy = subject.Policy;

    /// <summary>The batch of these pairs on the policy's device, in the current dispose scope.</summary>
    public ScoredBatch Batch(IReadOnlyList<int> indices)
    {
        PreferencePair[] pairs = [.. indices.Select(i => subject.Pairs[i])];
        return options.Protocol is Protocol.Published
            ? PublishedBatch.Of(pairs, subject.PadToken!.Value, policy.Device)
            : ScoredBatch.Of(pairs, policy.Device);
    }

    /// <summary>Summed log-probabilities of both sides under the policy as it is now, written into <paramref name="sums"/>.</summary>
    /// <returns>The states [R, D] that they came from, in the current dispose scope.</returns>
    public Tensor Reference(IReadOnlyList<int> indices, ReferenceSums sums)
    {
        using var noGrad = no_grad();
        ScoredBatch batch = Batch(indices);
        Tensor states = batch.States(policy);
        var stage = new VocabularyLoss(states, batch.Targets, OutputProjections.Of(policy), reference: null);
        double[] rows = RowSums(batch, stage.Forward(backwardFollows: false).LogProbabilities, batch.TargetWeights);
        for (int i = 0; i < indices.Count; i++)
        {
            // A pair keeps the value that it had in its first batch.
            if (!sums.Knows(indices[i]))
                (sums.Chosen[indices[i]], sums.Rejected[indices[i]]) = (rows[i], rows[i + batch.Pairs]);
        }

        return states;
    }

    /// <summary>The metrics of a batch, without a gradient.</summary>
    public PairMetrics Evaluate(IReadOnlyList<int> indices, IReferenceModel? divergenceFrom)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        ScoredBatch batch = Batch(indices);
        return Forward(indices, batch, batch.States(policy), divergenceFrom, backwardFollows: false).Metrics;
    }

    /// <summary>The metrics of a batch; <paramref name="share"/> of its gradient is added to the parameters' gradients.</summary>
    /// <remarks>Nothing is added when the loss is not finite.</remarks>
    public PairMetrics Accumulate(IReadOnlyList<int> indices, double share, IReferenceModel? divergenceFrom)
    {
        using var scope = NewDisposeScope();
        ScoredBatch batch = Batch(indices);
        IDifferentiableStates states = options.Recompute ? new RecomputedStates(policy, batch) : new KeptStates(batch.States(policy)); // [R, D]
        var (metrics, losses, stage) = Forward(indices, batch, states.States, divergenceFrom, backwardFollows: true);
        if (!double.IsFinite(metrics.Loss))
            return metrics;

        double scale = share / batch.Pairs;
        var targetSlopes = new float[batch.Rows.Length];
        var divergenceSlopes = new float[batch.Rows.Length];
        for (int r = 0; r < targetSlopes.Length; r++)
        {
            int row = batch.Rows[r];
            PairLoss loss = losses[row % batch.Pairs];
            double slope = row < batch.Pairs ? loss.ChosenSlope : loss.RejectedSlope;
            targetSlopes[r] = (float)(scale * slope * batch.TargetWeights[r]);
            divergenceSlopes[r] = (float)(scale * options.Gamma * batch.DivergenceWeights[r]);
        }

        Backward(states, rowsGradient => stage.Backward(
            tensor(targetSlopes).to(policy.Device),
            options.Gamma > 0 ? tensor(divergenceSlopes).to(policy.Device) : null,
            rowsGradient));
        return metrics;
    }

    /// <summary>From the gradient of the states to those of the parameters.</summary>
    private void Backward(IDifferentiableStates states, Func<Tensor?, Tensor> statesGradient)
    {
        if (options.Protocol is Protocol.Published && PublishedBatch.FrozenEmbedding(policy) is { } frozen)
        {
            PublishedBatch.BackwardPastFrozenRow(policy, frozen, states, statesGradient);
            return;
        }

        states.Backward(statesGradient(OutputProjections.RowsGradient(policy)));
    }

    private (PairMetrics Metrics, PairLoss[] Losses, VocabularyLoss Stage) Forward(
        IReadOnlyList<int> indices, ScoredBatch batch, Tensor states, IReferenceModel? divergenceFrom, bool backwardFollows)
    {
        var stage = new VocabularyLoss(
            states, batch.Targets, OutputProjections.Of(policy), divergenceFrom?.States(indices, batch));
        TargetScores scores = stage.Forward(backwardFollows);
        double[] sums = RowSums(batch, scores.LogProbabilities, batch.TargetWeights);
        double[]? rowDivergences = scores.Divergences is null ? null : RowSums(batch, scores.Divergences, batch.DivergenceWeights);
        double[] referenceSums = ReferenceRows(indices, batch, scores.ReferenceLogProbabilities);
        var losses = new PairLoss[batch.Pairs];
        double preference = 0, chosenReward = 0, rejectedReward = 0, accuracy = 0;
        for (int i = 0; i < batch.Pairs; i++)
        {
            var ratios = new LogRatios(
                sums[i] - referenceSums[i],
                sums[i + batch.Pairs] - referenceSums[i + batch.Pairs],
                batch.ResponseTokens[i],
                batch.ResponseTokens[i + batch.Pairs]);
            losses[i] = PreferenceLoss.Of(options, ratios);
            preference += losses[i].Value / batch.Pairs;
            chosenReward += options.Beta * ratios.Chosen / batch.Pairs;
            rejectedReward += options.Beta * ratios.Rejected / batch.Pairs;
            accuracy += ratios.Chosen > ratios.Rejected ? 1.0 / batch.Pairs : 0;
        }

        double? divergence = rowDivergences?.Sum() / batch.Pairs;                // K⁺ + K⁻
        var metrics = new PairMetrics
        {
            Loss = preference + (options.Gamma > 0 && divergence is { } k ? options.Gamma * k : 0),
            PreferenceLoss = preference,
            Divergence = divergence,
            ChosenReward = chosenReward,
            RejectedReward = rejectedReward,
            Accuracy = accuracy,
            ChosenLogProbability = sums[..batch.Pairs].Average(),
            RejectedLogProbability = sums[batch.Pairs..].Average(),
            Pairs = batch.Pairs,
            Tokens = batch.Tokens,
        };
        return (metrics, losses, stage);
    }

    /// <summary>
    /// The reference's sums by row. Under <c>published</c> they depend on the batch's padding, which is scored too, so those of
    /// this very batch are taken.
    /// </summary>
    private double[] ReferenceRows(IReadOnlyList<int> indices, ScoredBatch batch, Tensor? referenceLogProbabilities) =>
        options.Protocol is Protocol.Published && referenceLogProbabilities is not null
            ? RowSums(batch, referenceLogProbabilities, batch.TargetWeights)
            : [.. indices.Select(i => reference.Chosen[i]), .. indices.Select(i => reference.Rejected[i])];

    private static double[] RowSums(ScoredBatch batch, Tensor values, double[] weights)
    {
        float[] perPosition = values.cpu().data<float>().ToArray();
        double[] sums = new double[batch.ResponseTokens.Length];
        for (int r = 0; r < perPosition.Length; r++)
            sums[batch.Rows[r]] += weights[r] * perPosition[r];
        return sums;
    }
}
