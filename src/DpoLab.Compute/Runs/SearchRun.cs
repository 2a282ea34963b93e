using DpoLab.Compute.Evaluation;
using DpoLab.Compute.Interventions;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using TorchSharp;

namespace DpoLab.Compute.Runs;

/// <summary>Searches edits on the selection half of the prompts, and measures the best one on the other half.</summary>
internal sealed class SearchRun(SearchParameters parameters) : IRun
{
    private const string Plain = "measure the base model";
    private const string Try = "try edits";
    private const string Confirm = "measure the best";
    private const string BaseOfSelection = "base, selection half";

    public IReadOnlyList<RunStage> Stages => [new(SweepWork.LoadStage), new(Plain, 3), new(Try, 2.5 * (parameters.Trials ?? 60)), new(Confirm, 5)];

    public long? ResumesFrom(RunDirectory directory) => CheckpointNote.Read(directory)?.Step;

    public RunResult Execute(RunContext context)
    {
        using var noGradients = torch.no_grad();
        using var work = SweepWork.Load(context, parameters.Model, parameters.Data, parameters.Neurons);
        var earlier = new SearchRecords(context, parameters);
        using var evaluator = work.Evaluator(PromptHalf.Selection, parameters.SelectionPrompts);
        var plain = MeasureBase(context, work, evaluator);
        var limit = SweepWork.Limits(parameters.Budgets, plain, work.Kit.BaselineRows(parameters.Baseline))[0];
        var tried = new SearchWork(parameters, work, evaluator, plain, limit.Perplexity / plain.Perplexity!.Value)
            .TryAll(earlier.Trials, StageOf(context));
        earlier.Write(plain, tried.Trials);

        var best = tried.BestFirst.FirstOrDefault(trial => trial.Within);
        var reported = Report(context, work, best);
        work.Write(reported);
        return new SearchResult
        {
            Trials = tried.Trials,
            Base = plain,
            Limit = limit,
            Best = best?.Number,
            Reported = [.. reported.Select(r => r.Row)],
            TrialsPerMinute = tried.PerMinute,
            Source = work.Kit.Source(parameters.Model, PromptHalf.Report),
        };
    }

    private static EvaluationRow MeasureBase(RunContext context, SweepWork work, Evaluator evaluator)
    {
        var progress = new VariantProgress(context.Report.Begin(Plain, "rows", 1));
        var variant = new EvaluationVariant { Name = BaseOfSelection };
        var row = work.Measure(evaluator, "base", 0, variant, Measures.Perplexity, progress, tell: row => context.Report.Row(AsBase(row))).Row;
        return AsBase(row);
    }

    private static EvaluationRow AsBase(EvaluationRow row) => row with { Family = RowFamily.Base };

    /// <summary>Counts trials, or minutes where only they are limited.</summary>
    private Func<int, double, StageReport> StageOf(RunContext context) => (trials, minutes) => parameters.Trials is { } all
        ? context.Report.Begin(Try, "trials", all, trials)
        : context.Report.Begin(Try, "minutes", parameters.Minutes, minutes);

    private List<EvaluatedVariant> Report(RunContext context, SweepWork work, SearchTrial? best)
    {
        var variants = new List<EvaluationVariant>();
        if (parameters.Baseline is null)
            variants.Add(new EvaluationVariant { Name = EvaluationBaseline.Base });
        string budget = parameters.Budgets[0].Name;
        if (best is not null)
            variants.Add(new EvaluationVariant { Name = $"{EditWords.Of(best.Edit)}, {budget}", Intervention = best.Edit });

        var progress = new VariantProgress(context.Report.Begin(Confirm, "rows", variants.Count));
        using var evaluator = work.Evaluator(PromptHalf.Report, most: null);
        var rows = new List<EvaluatedVariant>();
        foreach (var variant in variants)
            rows.Add(work.Measure(evaluator, "reported", rows.Count, variant, Measures.All, progress));
        IReadOnlyList<GenerationRecord> baseline = parameters.Baseline is null
            ? [.. rows.SelectMany(row => row.Generations)]
            : work.Kit.BaselineGenerations(parameters.Baseline);
        var comparison = new RowComparison(baseline, evaluator.Bootstrap);
        rows = [.. rows.Select(row => row with { Row = comparison.Compare(row) with { Budget = row.Row.Intervention is null ? null : budget } })];
        foreach (var row in rows)
        {
            context.Report.Texts(row.Generations);
            context.Report.Row(row.Row);
        }

        return rows;
    }
}
