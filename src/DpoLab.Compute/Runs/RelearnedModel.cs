using DpoLab.Compute.Evaluation;
using DpoLab.Compute.Interventions;
using DpoLab.Compute.Training;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Runs;

/// <summary>A copy of a subject's model while rejected answers are trained into it. What intervenes on the subject acts meanwhile, at all positions.</summary>
internal sealed class RelearnedModel : IDisposable
{
    private readonly Relearning training;

    /// <summary>Begins; owns the model and what its verdicts are judged by.</summary>
    public RelearnedModel(LoadedModel model, PlannedVariant planned, IReadOnlyList<LearnedAnswer> answers, SurviveParameters parameters)
    {
        (Model, Planned) = (model, planned);
        var attack = parameters.Relearn;
        training = new Relearning(model.Decoder, answers, new RelearningOptions
        {
            Optimizer = new OptimizerOptions { Kind = attack.Optimizer, LearningRate = attack.LearningRate },
            BatchSize = attack.BatchSize,
            Seed = parameters.Seed,
        });
    }

    public LoadedModel Model { get; }

    /// <summary>The subject as planned for this copy, judged by the copy before its first step.</summary>
    public PlannedVariant Planned { get; }

    /// <summary>Before the last step, nats a token.</summary>
    public double LastLoss { get; private set; } = double.NaN;

    /// <summary>Trains until so many steps are made.</summary>
    public void TrainTo(long steps, CancellationToken cancellation)
    {
        using var stack = InterventionStack.Apply(Model.Decoder, Planned.Plans, _ => ActedPositions.All);
        while (training.Steps < steps)
        {
            cancellation.ThrowIfCancellationRequested();
            LastLoss = training.Step();
        }
    }

    /// <summary>Counts, in the verdict, optimizer steps and the answer tokens that they learned from.</summary>
    public EvaluatedVariant Count(EvaluatedVariant measured) =>
        measured with { Row = measured.Row with { Verdict = measured.Row.Verdict with { Applied = training.Steps, Positions = training.Tokens } } };

    public void Dispose()
    {
        training.Dispose();
        Planned.Against?.Dispose();
        Model.Dispose();
    }
}
