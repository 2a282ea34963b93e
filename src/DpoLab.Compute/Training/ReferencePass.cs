using DpoLab.Contracts.Runs;
using static TorchSharp.torch;

namespace DpoLab.Compute.Training;

/// <summary>What a training knows of its reference.</summary>
internal sealed class ReferenceKnowledge : IDisposable
{
    /// <summary>Summed log-probabilities of every pair that is used.</summary>
    public required ReferenceSums Sums { get; init; }

    /// <summary>The distribution over held-out pairs, for the divergence at evaluations.</summary>
    public required RememberedStates HeldOut { get; init; }

    /// <summary>The distribution over training pairs; null at γ = 0, where the loss does not need it.</summary>
    public required IReferenceModel? DuringTraining { get; init; }

    /// <summary>Pair and greedy answer of the reference to its prompt.</summary>
    public required IReadOnlyList<(int Pair, int[] Answer)> Answers { get; init; }

    /// <summary>The policy's answers now, beside those of the reference.</summary>
    public IReadOnlyList<SampledAnswer> AnswersBeside(TrainingSubject subject)
    {
        int[][] prompts = [.. Answers.Select(a => subject.Pairs[a.Pair].Prompt)];
        IReadOnlyList<int[]> now = subject.Answer!(prompts);
        return [.. Answers.Select((a, i) => new SampledAnswer(a.Pair, prompts[i], now[i], a.Answer))];
    }

    public void Dispose() => HeldOut.Dispose();
}

/// <summary>
/// Asks the policy, while it still is the reference, for everything that training needs to know of the reference: afterwards no
/// second model has to stay in memory (γ = 0).
/// </summary>
internal sealed class ReferencePass(TrainingSubject subject, DpoOptions options, TrainingSplit split)
{
    /// <summary>Computes what <paramref name="known"/> does not hold already.</summary>
    public ReferenceKnowledge Compute(
        ReferenceSums? known, Action<ReferenceSums> keep, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        ReferenceSums sums = known ?? ReferenceSums.Unknown(subject.Pairs.Count);
        var objective = new DpoObjective(subject, options, sums);
        var heldOut = new RememberedStates(subject.Policy, outputWillChange: subject.Policy.UnembeddingRows.requires_grad);
        int total = split.Validation.Length + TrainingPairsUsed, done = 0;
        foreach (int[] batch in split.Validation.Chunk(options.BatchSize))
        {
            using var scope = NewDisposeScope();
            heldOut.Remember(batch, objective.Reference(batch, sums));
            Report(batch.Length);
        }

        foreach (int[] batch in TrainingBatches().Where(batch => !batch.All(sums.Knows)))
        {
            using var scope = NewDisposeScope();
            objective.Reference(batch, sums);
            Report(batch.Length);
        }

        if (known is null)
            keep(sums);
        return new ReferenceKnowledge
        {
            Sums = sums,
            HeldOut = heldOut,
            DuringTraining = options.Gamma > 0 || options.Protocol is Protocol.Published ? subject.ReferenceModel : null,
            Answers = ReferenceAnswers(),
        };

        void Report(int pairs)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report(new TrainingProgress(TrainingStage.Reference, Math.Min(total, done += pairs), total));
        }
    }

    private int TrainingPairsUsed => (int)Math.Min(split.Training.Length, (long)options.Steps * options.PairsPerStep);

    /// <summary>
    /// The batches of the first epoch as training will see them: sums that come from a batch of the same shape have the same
    /// rounding, so the first epoch starts from log-ratios of exactly 0.
    /// </summary>
    private IEnumerable<int[]> TrainingBatches()
    {
        long batches = (TrainingPairsUsed + options.BatchSize - 1) / options.BatchSize;
        for (long number = 0; number < batches; number++)
            yield return split.Batch(number, options.BatchSize, options.Seed);
    }

    private (int Pair, int[] Answer)[] ReferenceAnswers()
    {
        if (subject.Answer is null || options.SampleAnswers == 0)
            return [];
        int[] asked = [.. split.Validation.Take(options.SampleAnswers)];
        IReadOnlyList<int[]> answers = subject.Answer([.. asked.Select(i => subject.Pairs[i].Prompt)]);
        return [.. asked.Zip(answers)];
    }
}
