using DpoLab.Compute.Evaluation;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using TorchSharp;

namespace DpoLab.Compute.Runs;

/// <summary>What sweeps and searches measure with, on both halves of the prompts.</summary>
internal sealed class SweepWork : IDisposable
{
    /// <summary>The stage of <see cref="Load"/>.</summary>
    public const string LoadStage = "load the model";

    private SweepWork(RunContext context, LoadedModel model, EvaluationKit kit)
    {
        (Context, Model, Kit) = (context, model, kit);
        Checkpoints = new VariantCheckpoints(context.Directory, "trial");
    }

    public RunContext Context { get; }

    public LoadedModel Model { get; }

    public EvaluationKit Kit { get; }

    public VariantCheckpoints Checkpoints { get; }

    /// <summary>Loads the model, and opens what it is measured on.</summary>
    public static SweepWork Load(RunContext context, InputRef model, EvaluationData data, InputRef neurons)
    {
        var loading = context.Report.Begin(LoadStage, "models", 1);
        var loaded = LoadedModel.Load(context, model);
        try
        {
            var work = new SweepWork(context, loaded, new EvaluationKit(context, data, neurons));
            loading.Report(1);
            return work;
        }
        catch
        {
            loaded.Dispose();
            throw;
        }
    }

    /// <summary>Measures on a half of the prompts; F1 only where rows are reported.</summary>
    public Evaluator Evaluator(PromptHalf half, int? most) => Kit.Evaluator(Model, half, most, withContinuations: half is PromptHalf.Report);

    /// <summary>What each budget comes to on the text.</summary>
    /// <param name="budgets">In the order of what comes back.</param>
    /// <param name="plain">The base model.</param>
    /// <param name="others">Variants whose perplexity may be a budget.</param>
    /// <exception cref="InputException">The base model has no perplexity.</exception>
    public static IReadOnlyList<BudgetLimit> Limits(IReadOnlyList<PerplexityBudget> budgets, EvaluationRow plain, IReadOnlyList<EvaluationRow> others) => SweepChoice.Limits(
        budgets,
        plain.Perplexity?.Value ?? throw new InputException("The base model's perplexity could not be measured. Check the text."),
        name => others.FirstOrDefault(row => row.Variant == name)?.Perplexity?.Value);

    /// <summary>Measures a variant, unless an earlier start has done so.</summary>
    /// <param name="evaluator">Of the half.</param>
    /// <param name="part">Which part of the sweep.</param>
    /// <param name="index">Place in that part.</param>
    /// <param name="variant">What to measure.</param>
    /// <param name="measures">What of it.</param>
    /// <param name="progress">Told about it.</param>
    /// <param name="tell">Shows the row before it counts as done.</param>
    public EvaluatedVariant Measure(
        Evaluator evaluator,
        string part,
        int index,
        EvaluationVariant variant,
        Measures measures,
        VariantProgress progress,
        Action<EvaluationRow>? tell = null)
    {
        var measured = Checkpoints.Find(part, index, variant.Name);
        if (measured is null)
        {
            using var scope = torch.NewDisposeScope();
            measured = evaluator.Evaluate(Model.Decoder, Kit.Plan(variant, Model.Decoder), measures, progress, Context.Cancellation);
            tell?.Invoke(measured.Row);
            Checkpoints.Keep(part, index, measured);
        }

        progress.Next();
        return measured;
    }

    /// <summary>Writes the artifacts of what is reported: texts and rows.</summary>
    public void Write(IReadOnlyList<EvaluatedVariant> reported)
    {
        Context.Artifacts.File(Artifacts.Generations, path => EvaluationKit.WriteLines(path, reported.SelectMany(r => r.Generations)));
        Context.Artifacts.File(Artifacts.Rows, path => EvaluationKit.WriteLines(path, reported.Select(r => r.Row)));
    }

    public void Dispose()
    {
        Kit.Dispose();
        Model.Dispose();
    }
}
