using System.Diagnostics;
using System.Globalization;
using DpoLab.Compute.Evaluation;
using DpoLab.Compute.Interventions;
using DpoLab.Compute.Search;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using TorchSharp;

namespace DpoLab.Compute.Runs;

/// <summary>
/// Tries one edit after the other. What is tried next follows from the seed and from what was tried before, nothing else, so a search that was
/// killed goes on with the trials that it would have made.
/// </summary>
/// <param name="parameters">What may be tried, and how much.</param>
/// <param name="work">Model, kit and checkpoints.</param>
/// <param name="evaluator">On the selection half.</param>
/// <param name="plain">The base model there.</param>
/// <param name="limit">The budget: perplexity over the base model's.</param>
internal sealed class SearchWork(SearchParameters parameters, SweepWork work, Evaluator evaluator, EvaluationRow plain, double limit)
{
    private const string Part = "trials";

    /// <summary>Share of the budget that is spent on points from the whole space.</summary>
    private const double RandomShare = 0.25;

    /// <summary>Share of the text after which a trial can be cut.</summary>
    private const double EarlyShare = 0.25;

    private readonly EditSpace space = new(parameters, work.Model.Decoder.Configuration.Layers);
    private IReadOnlyList<SearchTrial> earlier = [];
    private double? earlyBase;

    /// <summary>Tries until the budget is spent.</summary>
    /// <param name="before">Trials of earlier searches, which this one goes on from.</param>
    /// <param name="begin">Begins the stage: trials and minutes that are done already.</param>
    public SearchOutcome TryAll(IReadOnlyList<SearchTrial> before, Func<int, double, StageReport> begin)
    {
        earlier = before;
        RequireFits();
        var estimator = new TreeParzenEstimator(space.Dimensions, space.Allows);
        List<SearchTrial> own = [.. Kept()];
        var stage = begin(own.Count, Minutes(own));
        while (Spent(own) < 1)
        {
            int number = earlier.Count + own.Count + 1;
            long seed = SeedOf(number);
            var random = new SeededRandom(seed);
            bool any = SpentWithEarlier(own) < RandomShare;
            double[] point = any ? estimator.DrawAtRandom(random) : estimator.Propose(PointsBestFirst(own), random);
            var trial = Try(new SearchTrial
            {
                Number = number,
                Run = work.Context.Spec.Id,
                Seed = seed,
                Random = any,
                Edit = space.At(point),
                Row = null!,
                Seconds = 0,
            });
            own.Add(trial);
            Tell(own);
            work.Checkpoints.Keep(Part, number, trial);
            stage.Report(parameters.Trials is null ? Minutes(own) : own.Count);
        }

        var all = Marked(own);
        return new SearchOutcome(all, BestFirst(all), own.Count == 0 ? null : own.Count / Minutes(own));
    }

    /// <summary>Says what does not fit before trials are counted as bad for it.</summary>
    private void RequireFits() => work.Kit.Plan(new EditIntervention { Alpha = 1, Beta = 1 }, work.Model.Decoder);

    private long SeedOf(int number) => ((long)parameters.Seed << 32) + number;

    private IEnumerable<SearchTrial> Kept()
    {
        for (int number = earlier.Count + 1; ; number++)
        {
            int n = number;
            if (work.Checkpoints.Find<SearchTrial>(Part, n, known => known.Number == n && known.Seed == SeedOf(n)) is not { } trial)
                yield break;
            yield return trial;
        }
    }

    private static double Minutes(IEnumerable<SearchTrial> trials) => trials.Sum(trial => trial.Seconds) / 60;

    /// <summary>The share of this run's budget that is spent, in trials or minutes, whichever is more.</summary>
    private double Spent(List<SearchTrial> own) =>
        Math.Max((double)own.Count / parameters.Trials ?? 0, Minutes(own) / parameters.Minutes ?? 0);

    /// <summary>The same over all searches together: one that is extended has had its random trials.</summary>
    private double SpentWithEarlier(List<SearchTrial> own) => Math.Max(
        (double)(earlier.Count + own.Count) / (earlier.Count + parameters.Trials) ?? 0,
        (Minutes(earlier) + Minutes(own)) / (Minutes(earlier) + parameters.Minutes) ?? 0);

    private IReadOnlyList<SearchTrial> Marked(List<SearchTrial> own) => TrialRanking.Mark([.. earlier, .. own], plain, limit);

    private IReadOnlyList<SearchTrial> BestFirst(IReadOnlyList<SearchTrial> marked) => TrialRanking.BestFirst(marked, limit, plain.Perplexity!.Value);

    private double[][] PointsBestFirst(List<SearchTrial> own) =>
        [.. BestFirst(Marked(own)).Select(trial => space.PointOf(trial.Edit)).OfType<double[]>()];

    private SearchTrial Try(SearchTrial trial)
    {
        using var scope = torch.NewDisposeScope();
        var clock = Stopwatch.StartNew();
        string name = $"trial {trial.Number}: {EditWords.Of(trial.Edit)}";
        var variant = new EvaluationVariant { Name = name, Intervention = trial.Edit };
        PlannedVariant planned;
        try
        {
            planned = work.Kit.Plan(variant, work.Model.Decoder);
        }
        catch (InputException nothing)
        {
            return trial with { Row = CutRow(variant, nothing.Message, Verdict.Plain), Seconds = clock.Elapsed.TotalSeconds };
        }

        earlyBase ??= evaluator.PerplexityOfBeginning(work.Model.Decoder, null, EarlyShare, work.Context.Cancellation).Perplexity;
        var (early, verdict) = evaluator.PerplexityOfBeginning(work.Model.Decoder, planned.Plan, EarlyShare, work.Context.Cancellation);
        double ratio = early / earlyBase.Value;
        var row = ratio <= limit * (1 + TrialRanking.CutBeyond)
            ? evaluator.Evaluate(work.Model.Decoder, planned, Measures.Perplexity, cancellationToken: work.Context.Cancellation).Row
            : CutRow(variant, Why(ratio), verdict) with { Neurons = planned.Plan!.Neurons };
        return trial with { Row = row, EarlyRatio = ratio, Seconds = clock.Elapsed.TotalSeconds };
    }

    private string Why(double ratio) => string.Create(
        CultureInfo.InvariantCulture,
        $"on the first quarter of the text its perplexity is {ratio:0.00} times the base model's, {(ratio / limit) - 1:0 %} beyond the budget");

    private static EvaluationRow CutRow(EvaluationVariant variant, string why, Verdict verdict) => new()
    {
        Variant = variant.Name,
        Family = RowFamilies.Of(variant),
        Intervention = variant.Intervention,
        Verdict = verdict,
        Cut = why,
    };

    /// <summary>Shows the newest trial, and the best so far as a curve.</summary>
    private void Tell(List<SearchTrial> own)
    {
        work.Context.Report.Row(own[^1].Row);
        if (BestFirst(Marked(own))[0] is { Within: true } best)
            work.Context.Report.Metrics(own[^1].Number, (MetricNames.SearchBest, best.Row.Toxicity!.Mean));
    }
}

/// <summary>What a search came to.</summary>
/// <param name="Trials">All, marked, in their order.</param>
/// <param name="BestFirst">The same from the best to the worst.</param>
/// <param name="PerMinute">Trials of this run a minute; null: it had none.</param>
internal sealed record SearchOutcome(IReadOnlyList<SearchTrial> Trials, IReadOnlyList<SearchTrial> BestFirst, double? PerMinute);
