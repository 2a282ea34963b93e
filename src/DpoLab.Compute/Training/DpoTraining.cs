using static TorchSharp.torch;

namespace DpoLab.Compute.Training;

/// <summary>
/// Tunes a policy on preference pairs (science.md, section 4). Killed at any moment and begun again with the same arguments,
/// it goes on from its checkpoint; on the CPU with the same numbers to the last bit.
/// </summary>
public sealed class DpoTraining
{
    private readonly TrainingSubject subject;
    private readonly DpoOptions options;
    private readonly TrainingCheckpoints checkpoints;
    private readonly ITrainingObserver observer;
    private readonly IProgress<TrainingProgress>? progress;
    private readonly string fingerprint;
    private readonly TrainingSplit split;

    /// <summary>Checks settings and pairs; nothing is computed yet.</summary>
    /// <exception cref="TrainingException">A setting or a pair cannot be trained with.</exception>
    public DpoTraining(
        TrainingSubject subject,
        DpoOptions options,
        TrainingCheckpoints checkpoints,
        ITrainingObserver observer,
        IProgress<TrainingProgress>? progress = null)
    {
        options.Validate();
        subject.Validate(options);
        (this.subject, this.options, this.checkpoints, this.observer, this.progress) = (subject, options, checkpoints, observer, progress);
        split = TrainingSplit.Of(subject.Pairs.Count, options.ValidationPairs, options.Seed);
        fingerprint = subject.Fingerprint(options);
    }

    /// <summary>Trains to the end, to patience's end or to cancellation. Synchronous, on the caller's thread.</summary>
    /// <exception cref="TrainingDivergedException">A loss or gradient is not finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the last checkpoint stays.</exception>
    public TrainingOutcome Run(CancellationToken cancellation = default)
    {
        foreach (Tensor parameter in subject.Policy.Parameters.Values)
            parameter.requires_grad_(false);
        foreach (Tensor parameter in subject.Trained.Values)
            parameter.requires_grad_(true);
        using NeuronMaskTensors? masks = subject.Mask?.Tensors(subject.Policy);
        var references = new ReferencePass(subject, options, split);
        using ReferenceKnowledge reference = references.Compute(
            checkpoints.LoadReference(fingerprint), sums => checkpoints.SaveReference(fingerprint, sums), progress, cancellation);
        using ParameterOptimizer optimizer = ParameterOptimizer.Create(options.Optimizer, subject.Trained, masks?.ByParameter);
        TrainingState? restored = checkpoints.Restore(fingerprint, subject.Trained, optimizer);
        observer.Began(split, restored?.Step);

        var loop = new Loop(this, reference, optimizer);
        TrainingState state = restored ?? loop.Start(fingerprint);
        bool stopped = false;
        while (state.Step < options.Steps && !stopped)
        {
            cancellation.ThrowIfCancellationRequested();
            state = loop.Step(state);
            bool last = state.Step == options.Steps;
            if (last || loop.ValidationIsDue(state.Step))
                state = loop.Validate(state);
            stopped = state.WithoutImprovement >= options.Patience;
            if (last || stopped || state.Step % options.CheckpointEvery == 0)
                checkpoints.Save(state, subject.Trained, optimizer);
            progress?.Report(new TrainingProgress(TrainingStage.Training, state.Step, options.Steps));
        }

        return new TrainingOutcome
        {
            Steps = state.Step,
            BestStep = state.BestStep,
            Best = state.Best!,
            Last = state.Last!,
            LastTrainingLoss = state.LastTrainingLoss,
            Start = state.Start,
            StoppedEarly = state.Step < options.Steps,
            Split = split,
        };
    }

    /// <summary>Puts the weights of the best step into the policy, after <see cref="Run"/>.</summary>
    public void RestoreBest(TrainingOutcome outcome) => checkpoints.RestoreBest(outcome.BestStep, subject.Trained);

    /// <summary>One process's part of a training: what is made anew after an interruption.</summary>
    private sealed class Loop(DpoTraining training, ReferenceKnowledge reference, ParameterOptimizer optimizer)
    {
        private readonly DpoOptions options = training.options;
        private readonly TrainingSubject subject = training.subject;
        private readonly DpoObjective objective = new(training.subject, training.options, reference.Sums);
        private TrainingStep? before;

        /// <summary>The look at the held-out pairs before the first step, which must show the reference.</summary>
        public TrainingState Start(string fingerprint)
        {
            PairMetrics start = EvaluateHeldOut();
            if (!double.IsFinite(start.Loss))
                throw Divergence.Explain("the loss", start.Loss, step: 1, training.split.Validation, before: null, subject.Trained);
            StepZeroCheck.Assert(options, start, subject.Policy.Precision);
            training.observer.Validated(new TrainingValidation(0, start, Best: false, WithoutImprovement: 0));
            return new TrainingState { Fingerprint = fingerprint, Step = 0, Start = start };
        }

        public TrainingState Step(TrainingState state)
        {
            long step = state.Step + 1;
            var parts = new List<PairMetrics>(options.Accumulation);
            var pairs = new List<int>(options.PairsPerStep);
            for (int part = 0; part < options.Accumulation; part++)
            {
                int[] batch = training.split.Batch((state.Step * options.Accumulation) + part, options.BatchSize, options.Seed);
                pairs.AddRange(batch);
                PairMetrics metrics = objective.Accumulate(batch, 1.0 / options.Accumulation, reference.DuringTraining);
                if (!double.IsFinite(metrics.Loss))
                    throw Divergence.Explain("the loss", metrics.Loss, step, batch, before, subject.Trained);
                parts.Add(metrics);
            }

            double norm = optimizer.GradientNorm();
            if (!double.IsFinite(norm))
                throw Divergence.Explain("the gradient norm", norm, step, pairs, before, subject.Trained);
            double rate = LearningRate.At(options, state.Step);
            optimizer.Step(rate, Math.Min(1, options.Clip / (norm + 1e-6)));
            optimizer.ClearGradients();
            before = new TrainingStep(step, PairMetrics.Mean(parts), norm, rate);
            if (step == 1)
                StepZeroCheck.Assert(options, before.Metrics, subject.Policy.Precision);
            training.observer.Stepped(before);
            return state with { Step = step, LastTrainingLoss = before.Metrics.Loss };
        }

        /// <summary>True when this step brought the count of seen pairs to or past a multiple of the interval.</summary>
        public bool ValidationIsDue(long step) =>
            step * options.PairsPerStep / options.ValidateEvery > (step - 1) * options.PairsPerStep / options.ValidateEvery;

        public TrainingState Validate(TrainingState state)
        {
            PairMetrics metrics = EvaluateHeldOut();
            if (!double.IsFinite(metrics.Loss))
                throw Divergence.Explain("the validation loss", metrics.Loss, state.Step, training.split.Validation, before, subject.Trained);
            bool best = state.Best is null || metrics.Loss < state.Best.Loss;
            int without = best ? 0 : state.WithoutImprovement + 1;
            if (best)
                training.checkpoints.SaveBest(state.Step, subject.Trained);
            training.observer.Validated(new TrainingValidation(state.Step, metrics, best, without));
            if (reference.Answers.Count > 0)
                training.observer.Answered(state.Step, reference.AnswersBeside(subject));
            return state with
            {
                Last = metrics,
                LastValidationStep = state.Step,
                WithoutImprovement = without,
                Best = best ? metrics : state.Best,
                BestStep = best ? state.Step : state.BestStep,
            };
        }

        private PairMetrics EvaluateHeldOut() => PairMetrics.Mean(
            [.. training.split.Validation.Chunk(options.BatchSize).Select(batch => objective.Evaluate(batch, reference.HeldOut))]);
    }
}
