using DpoLab.Compute.Models;
using DpoLab.Compute.Training;
using DpoLab.Compute.Verification;
using DpoLab.Contracts.Runs;
using static TorchSharp.torch;

namespace DpoLab.Compute.Tests.Training;

/// <summary>Activations computed again on the way back give the gradient that kept ones give, for every family, loss and protocol of the fixtures.</summary>
public sealed class RecomputationTests
{
    public static TheoryData<string> Cases => [.. new DpoCaseChecker().Cases(DpoFixtures.Folder)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Accumulate_Recomputed_GivesTheSameGradientToTheBit(string name)
    {
        using var scope = NewDisposeScope();
        DpoCase given = DpoFixtures.Open(name);

        var kept = Gradients(given, recompute: false);
        var again = Gradients(given, recompute: true);

        Assert.NotEmpty(kept);
        Assert.Equal(kept.Keys, again.Keys);
        Assert.All(kept, g => Assert.True(g.Value.Equals(again[g.Key]), $"{g.Key}: {(g.Value - again[g.Key]).abs().max().item<float>():g3} away"));
    }

    [Fact]
    public void Accumulate_Recomputed_LeavesNoTensorBehind()
    {
        using var scope = NewDisposeScope();
        using var training = new Step(DpoFixtures.Open("llama31-sigmoid-gamma0.06"), recompute: true);
        training.Accumulate();
        long before = TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        training.Accumulate();

        Assert.Equal(before, TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static Dictionary<string, Tensor> Gradients(DpoCase given, bool recompute)
    {
        using var step = new Step(given, recompute);
        step.Accumulate();
        return step.Subject.Trained.Where(p => p.Value.grad is not null).ToDictionary(p => p.Key, p => p.Value.grad!.clone(), StringComparer.Ordinal);
    }

    /// <summary>The first batch of a case, as its training would see it.</summary>
    private sealed class Step : IDisposable
    {
        private readonly Decoder policy;
        private readonly Decoder? reference;
        private readonly LoraAdapters? adapters;
        private readonly DpoObjective objective;
        private readonly int[] batch;

        public Step(DpoCase given, bool recompute)
        {
            policy = given.LoadModel();
            reference = given.IsLora ? null : given.LoadModel();
            adapters = given.IsLora ? LoraAdapters.Create(policy, new LoraOptions(Rank: 4, Alpha: 8), seed: 1) : null;
            Subject = new TrainingSubject { Policy = policy, Pairs = given.Pairs, Reference = reference, Lora = adapters, PadToken = given.PadToken };
            foreach (Tensor parameter in policy.Parameters.Values)
                parameter.requires_grad_(false);
            foreach (Tensor parameter in Subject.Trained.Values)
                parameter.requires_grad_(true);
            batch = [.. Enumerable.Range(0, given.Options.BatchSize)];
            ReferenceSums sums = ReferenceSums.Unknown(given.Pairs.Count);
            objective = new DpoObjective(Subject, given.Options with { Recompute = recompute }, sums);
            using var scope = NewDisposeScope();
            objective.Reference(batch, sums);
        }

        public TrainingSubject Subject { get; }

        public void Accumulate() => objective.Accumulate(batch, 1, Subject.ReferenceModel);

        public void Dispose()
        {
            adapters?.Dispose();
            reference?.Dispose();
            policy.Dispose();
        }
    }
}
