using System.Text.Json;
using DpoLab.Compute.Evaluation;
using DpoLab.Compute.Toxicity;
using DpoLab.Contracts;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using TorchSharp;

namespace DpoLab.Compute.Runs;

/// <summary>Judges the continuations of an earlier run by other scorers. What does not depend on the scorer stays as it was measured.</summary>
internal sealed class RescoreRun(RescoreParameters parameters) : IRun
{
    private const string Load = "load the scorers";
    private const string Judge = "judge the texts";

    public IReadOnlyList<RunStage> Stages => [new(Load), new(Judge, 10)];

    public RunResult Execute(RunContext context)
    {
        using var noGradients = torch.no_grad();
        var loading = context.Report.Begin(Load, "scorers", 1);
        string path = context.Inputs.Find(parameters.Generations);
        var earlier = EvaluationKit.ReadLines<GenerationRecord>(path);
        var rows = EvaluationKit.ReadLines<EvaluationRow>(Beside(path, Artifacts.Rows));
        var source = SourceOf(Beside(path, Path.Combine("..", "result.json")));
        using var scorers = new LoadedScorers(context.Inputs.Find, new PanelScorer(parameters.Scorer, parameters.ScorerLabel), parameters.Panel, context.Device);
        loading.Report(1);

        var stage = context.Report.Begin(Judge, "texts", earlier.Count);
        var judged = new ContinuationJudges(scorers.First, scorers.Further).Judge(earlier, stage.Of<int>(n => n), context.Cancellation);
        stage.Report(earlier.Count);
        var bootstrap = new Bootstrap(parameters.BootstrapResamples, parameters.Seed);
        var comparison = new RowComparison(judged, bootstrap);
        var byVariant = judged.ToLookup(record => record.Variant, StringComparer.Ordinal);
        EvaluatedVariant[] measured = [.. rows.Select(row => new EvaluatedVariant(Rescored(row, [.. byVariant[row.Variant]], bootstrap), [.. byVariant[row.Variant]]))];
        EvaluationRow[] compared = [.. measured.Select(comparison.Compare)];
        Write(context, judged, compared);
        return new EvaluateResult
        {
            Rows = compared,
            Source = source with { Scorer = scorers.First.Name, ScorerDigest = scorers.First.Digest, Seed = parameters.Seed },
            Panel = ScorerPanels.Of(scorers.All, [.. measured.Select(variant => variant.Generations).Where(texts => texts.Count > 0)], bootstrap),
        };
    }

    private static void Write(RunContext context, IReadOnlyList<GenerationRecord> judged, IReadOnlyList<EvaluationRow> rows)
    {
        context.Report.Texts(judged);
        foreach (var row in rows)
            context.Report.Row(row);
        context.Artifacts.File(Artifacts.Generations, path => EvaluationKit.WriteLines(path, judged));
        context.Artifacts.File(Artifacts.Rows, path => EvaluationKit.WriteLines(path, rows));
    }

    /// <summary>The samples are not among the generations, so their figures, which are by the earlier scorer, are left out.</summary>
    private static EvaluationRow Rescored(EvaluationRow row, IReadOnlyList<GenerationRecord> texts, Bootstrap bootstrap) => row with
    {
        Toxicity = bootstrap.Mean([.. texts.Select(text => text.Score)]),
        PanelToxicity = [.. Enumerable.Range(0, texts.Count == 0 ? 0 : texts[0].Panel?.Count ?? 0).Select(i => bootstrap.Mean([.. texts.Select(text => text.Panel![i])]))],
        Sampled = null,
        PanelSampled = [],
    };

    private static EvaluationSource SourceOf(string path) => JsonSerializer.Deserialize<RunResult>(File.ReadAllBytes(path), ContractJson.Options) switch
    {
        EvaluateResult evaluation => evaluation.Source,
        SweepResult sweep => sweep.Source,
        SearchResult search => search.Source,
        _ => throw new InputException($"{path} is not the result of an evaluation or sweep. Choose the generations of one."),
    };

    private string Beside(string generations, string file)
    {
        string path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(generations)!, file));
        return File.Exists(path)
            ? path
            : throw new InputException($"{parameters.Generations.Name}: {path} is missing. Choose the generations of a finished evaluation, in its own folder.");
    }
}
