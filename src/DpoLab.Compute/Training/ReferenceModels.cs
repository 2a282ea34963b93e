using DpoLab.Compute.Models;
using static TorchSharp.torch;

namespace DpoLab.Compute.Training;

/// <summary>Where the reference's whole distribution at the scored positions comes from.</summary>
internal interface IReferenceModel
{
    /// <summary>The reference's states for a batch made of these pairs, in the current dispose scope.</summary>
    ReferenceStates States(IReadOnlyList<int> pairs, ScoredBatch batch);
}

/// <summary>A second model in memory: needed at every step when γ &gt; 0 and all weights are trained.</summary>
internal sealed class SecondModel(Decoder reference) : IReferenceModel
{
    public ReferenceStates States(IReadOnlyList<int> pairs, ScoredBatch batch)
    {
        using var noGrad = no_grad();
        return new ReferenceStates(batch.States(reference), OutputProjections.Of(reference));
    }
}

/// <summary>The policy itself with its adapters switched off.</summary>
internal sealed class AdaptersOff(Decoder policy, LoraAdapters adapters) : IReferenceModel
{
    public ReferenceStates States(IReadOnlyList<int> pairs, ScoredBatch batch)
    {
        using var noGrad = no_grad();
        bool before = adapters.Enabled;
        adapters.Enabled = false;
        try
        {
            return new ReferenceStates(batch.States(policy), OutputProjections.Of(policy));
        }
        finally
        {
            adapters.Enabled = before;
        }
    }
}

/// <summary>
/// States that the policy had before its first step, kept for the held-out pairs: D numbers a position instead of the V of a
/// distribution, and one copy of the output projection.
/// </summary>
internal sealed class RememberedStates : IReferenceModel, IDisposable
{
    private readonly Dictionary<int, Tensor> states = [];
    private readonly OutputProjection output;

    /// <summary>Begins with the projection that <paramref name="model"/> has now.</summary>
    public RememberedStates(Decoder model, bool outputWillChange)
    {
        OutputProjection now = OutputProjections.Of(model);
        output = outputWillChange ? now with { Rows = now.Rows.detach().clone().DetachFromDisposeScope() } : now;
        OwnsRows = outputWillChange;
    }

    private bool OwnsRows { get; }

    /// <summary>Keeps the states [R, D] of the batch that begins with this pair.</summary>
    public void Remember(IReadOnlyList<int> pairs, Tensor batchStates) =>
        states.Add(pairs[0], batchStates.detach().clone().DetachFromDisposeScope());

    public ReferenceStates States(IReadOnlyList<int> pairs, ScoredBatch batch) => new(states[pairs[0]], output);

    public void Dispose()
    {
        foreach (Tensor tensor in states.Values)
            tensor.Dispose();
        if (OwnsRows)
            output.Rows.Dispose();
    }
}

/// <summary>A decoder's final stage in the form that the loss reads.</summary>
internal static class OutputProjections
{
    public static OutputProjection Of(Decoder model) => new(model.UnembeddingRows, model.Configuration.LogitSoftCap);

    /// <summary>The gradient of the unembedding that a loss adds to; null when it is not trained.</summary>
    public static Tensor? RowsGradient(Decoder model)
    {
        Tensor rows = model.UnembeddingRows;
        if (!rows.requires_grad)
            return null;
        if (rows.grad is { } existing)
            return existing;
        using var noGrad = no_grad();
        rows.grad = zeros_like(rows);
        return rows.grad;
    }
}

/// <summary>The reference's summed log-probabilities, computed once and kept; NaN where a pair is never used.</summary>
/// <param name="Chosen">ℓ_ref(y⁺) by pair, nats.</param>
/// <param name="Rejected">ℓ_ref(y⁻) by pair, nats.</param>
internal sealed record ReferenceSums(double[] Chosen, double[] Rejected)
{
    public static ReferenceSums Unknown(int pairs)
    {
        double[] unknown = [.. Enumerable.Repeat(double.NaN, pairs)];
        return new ReferenceSums(unknown, [.. unknown]);
    }

    public bool Knows(int pair) => !double.IsNaN(Chosen[pair]);
}
