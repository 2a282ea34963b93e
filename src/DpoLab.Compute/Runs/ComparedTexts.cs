using DpoLab.Compute.Interventions;
using DpoLab.Compute.Models;
using DpoLab.Contracts.Results;
using static TorchSharp.torch;

namespace DpoLab.Compute.Runs;

/// <summary>A few texts on which two models are compared, logit by logit.</summary>
/// <param name="texts">Token ids, none empty.</param>
internal sealed class ComparedTexts(IReadOnlyList<int[]> texts)
{
    /// <summary>The logits of every position, <c>[T, V]</c> in fp32 on the host, one tensor a text.</summary>
    /// <param name="decoder">Who reads.</param>
    /// <param name="plan">In force at every position, as weights are; null: nothing.</param>
    public IReadOnlyList<Tensor> Read(Decoder decoder, InterventionPlan? plan)
    {
        using var active = plan is null ? null : ActiveIntervention.Apply(decoder, plan, ActedPositions.All);
        var logits = texts.Select(ids =>
        {
            using var scope = NewDisposeScope();
            var rows = decoder.Forward(tensor(Array.ConvertAll(ids, id => (long)id), ScalarType.Int64, decoder.Device).unsqueeze(0));
            return scope.MoveToOuter(rows.squeeze(0).to(ScalarType.Float32).cpu());
        }).ToList();
        active?.RequireFired();
        return logits;
    }

    /// <summary>What another model makes of the same texts.</summary>
    /// <param name="live">From <see cref="Read"/>.</param>
    /// <param name="other">The model to compare.</param>
    /// <param name="share">Of the largest logit: what a difference may be.</param>
    public ExportCheck Compare(IReadOnlyList<Tensor> live, Decoder other, double share)
    {
        using var scope = NewDisposeScope();
        var read = Read(other, plan: null);
        long positions = live.Sum(rows => rows.shape[0]);
        long same = live.Zip(read).Sum(pair => pair.First.argmax(-1).eq(pair.Second.argmax(-1)).sum().item<long>());
        double largest = live.Max(rows => rows.abs().max().item<float>());
        return new ExportCheck(texts.Count, (int)positions, LargestDifference(live, read), share * largest, same / (double)positions, LogitChange: 0);
    }

    /// <summary>The largest absolute difference of a logit; NaN if one is.</summary>
    public static double LargestDifference(IReadOnlyList<Tensor> one, IReadOnlyList<Tensor> other)
    {
        using var scope = NewDisposeScope();
        return one.Zip(other).Select(pair => (double)(pair.First - pair.Second).abs().max().item<float>()).Aggregate(0.0, Math.Max);
    }
}
