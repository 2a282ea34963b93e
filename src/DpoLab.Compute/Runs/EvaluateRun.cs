using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using TorchSharp;

namespace DpoLab.Compute.Runs;

/// <summary>Measures a model's variants, each shown as soon as it is done and none measured twice.</summary>
internal sealed class EvaluateRun(EvaluateParameters parameters) : IRun
{
    private const string Load = "load the model";
    private const string Measure = "measure the variants";

    public IReadOnlyList<RunStage> Stages => [new(Load), new(Measure, 5 * parameters.Variants.Count)];

    public long? ResumesFrom(RunDirectory directory) => CheckpointNote.Read(directory)?.Step;

    public RunResult Execute(RunContext context)
    {
        using var noGradients = torch.no_grad();
        var loading = context.Report.Begin(Load, "models", 1);
        using var shelf = new ModelShelf(context);
        using var kit = new EvaluationKit(context, parameters.Data, parameters.Neurons);
        using var evaluator = kit.Evaluator(shelf.Get(parameters.Model), parameters.Half);
        var baseline = parameters.Baseline is null ? null : kit.BaselineGenerations(parameters.Baseline);
        loading.Report(1);

        var table = new VariantTable(context, shelf, kit, evaluator, parameters.Model, parameters.Data) { Baseline = baseline };
        var (rows, measured) = table.Measure(Measure, parameters.Variants);
        return new EvaluateResult
        {
            Rows = rows,
            Source = kit.Source(parameters.Model, parameters.Half),
            Panel = kit.Panel(measured, evaluator.Bootstrap),
        };
    }
}
