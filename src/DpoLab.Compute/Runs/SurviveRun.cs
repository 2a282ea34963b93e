using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Runs;

/// <summary>Attacks base, tuned models, edits and patches alike, and measures each budget as soon as it is spent.</summary>
internal sealed class SurviveRun(SurviveParameters parameters) : IRun
{
    private const string Load = "load the model";
    private const string Attack = "attack";

    private int Rows => parameters.Subjects().Count * (1 + parameters.AttacksPerSubject());

    public IReadOnlyList<RunStage> Stages => [new(Load), new(Attack, 5 * Rows)];

    public long? ResumesFrom(RunDirectory directory) => CheckpointNote.Read(directory)?.Step;

    public RunResult Execute(RunContext context)
    {
        if (parameters.Relearn.Steps.Count > 0)
            NativeSettings.ReturnLargeBlocks();
        var loading = context.Report.Begin(Load, "models", 1);
        using var shelf = new ModelShelf(context);
        using var kit = new EvaluationKit(context, parameters.Data, parameters.Neurons);
        using var evaluator = kit.Evaluator(shelf.Get(parameters.Model), parameters.Half, withContinuations: false);
        loading.Report(1);

        var work = new AttackWork(context, parameters, shelf, kit, evaluator, new VariantProgress(context.Report.Begin(Attack, "rows", Rows)));
        foreach (var subject in parameters.Subjects())
            work.Measure(subject);
        context.Artifacts.File(Artifacts.Generations, path => EvaluationKit.WriteLines(path, work.Table.Generations));
        context.Artifacts.File(Artifacts.Rows, path => EvaluationKit.WriteLines(path, work.Table.Rows));
        return new SurviveResult { Rows = work.Table.Rows, Source = kit.Source(parameters.Model, parameters.Half) };
    }
}
