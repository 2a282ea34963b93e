using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using TorchSharp;

namespace DpoLab.Compute.Runs;

/// <summary>Patches a base model with the values that its tuned partner has on the same text, for one set of neurons after the other.</summary>
internal sealed class DynamicPatchRun(DynamicPatchParameters parameters) : IRun
{
    private const string Load = "load the models";
    private const string Measure = "measure the patches";

    public IReadOnlyList<RunStage> Stages => [new(Load), new(Measure, 8 * parameters.Variants().Count)];

    public long? ResumesFrom(RunDirectory directory) => CheckpointNote.Read(directory)?.Step;

    public RunResult Execute(RunContext context)
    {
        using var noGradients = torch.no_grad();
        var loading = context.Report.Begin(Load, "models", 2);
        if (ModelRefusals.LiveValues(context.Inputs.Find(parameters.Model) == context.Inputs.Find(parameters.Tuned), parameters.Tuned.Name) is { } refusal)
            throw new InputException(refusal);
        using var shelf = new ModelShelf(context);
        using var kit = new EvaluationKit(context, parameters.Data, parameters.Neurons);
        var model = shelf.Get(parameters.Model);
        loading.Report(1);
        shelf.Get(parameters.Tuned, beside: parameters.Model);
        using var evaluator = kit.Evaluator(model, parameters.Half, temperature: parameters.Temperature, topP: parameters.TopP);
        loading.Report(2);

        var (rows, _) = new VariantTable(context, shelf, kit, evaluator, parameters.Model, parameters.Data).Measure(Measure, parameters.Variants());
        return new DynamicPatchResult { Rows = rows, Source = kit.Source(parameters.Model, parameters.Half) };
    }
}
