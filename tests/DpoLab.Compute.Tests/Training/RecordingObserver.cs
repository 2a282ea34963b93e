using DpoLab.Compute.Training;

namespace DpoLab.Compute.Tests.Training;

/// <summary>Keeps what a training tells; can stop it like a kill would, in the middle of a step's report.</summary>
internal sealed class RecordingObserver(long? dieAtStep = null) : ITrainingObserver
{
    public TrainingSplit? Split { get; private set; }

    public long? ResumedFrom { get; private set; }

    public List<TrainingStep> Steps { get; } = [];

    public List<TrainingValidation> Validations { get; } = [];

    public List<(long Step, IReadOnlyList<SampledAnswer> Answers)> Answers { get; } = [];

    public void Began(TrainingSplit split, long? resumedFromStep) => (Split, ResumedFrom) = (split, resumedFromStep);

    public void Stepped(TrainingStep step)
    {
        Steps.Add(step);
        if (step.Step == dieAtStep)
            throw new ProcessDied();
    }

    public void Validated(TrainingValidation validation) => Validations.Add(validation);

    public void Answered(long step, IReadOnlyList<SampledAnswer> answers) => Answers.Add((step, answers));
}

internal sealed class ProcessDied : Exception;
