using System.Text.Json;
using DpoLab.Contracts;
using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Data;
using DpoLab.Web.Datasets;
using DpoLab.Web.Models;
using DpoLab.Web.NeuronSets;
using DpoLab.Web.Runs.NewRun.Estimates;
using DpoLab.Web.Shell;
using DpoLab.Web.Studies;
using Microsoft.EntityFrameworkCore;

namespace DpoLab.Web.Runs.NewRun;

/// <summary>What the lab has that a form can use, as it is now.</summary>
/// <param name="Options">Models, datasets and artifacts that fields offer.</param>
/// <param name="Facts">Sizes, for the estimate.</param>
/// <param name="Earlier">Finished runs, newest first.</param>
/// <param name="Known">Identity of a spec to the newest run that has it and did not fail.</param>
/// <param name="Studies">Those that a run can join.</param>
public sealed record FormStock(
    InputOptions Options,
    InputFacts Facts,
    IReadOnlyList<EarlierRun> Earlier,
    IReadOnlyDictionary<string, string> Known,
    IReadOnlyList<StudySummary> Studies)
{
    /// <summary>A lab with nothing in it.</summary>
    public static FormStock Empty { get; } =
        new(InputOptions.None, new InputFacts(static _ => null, static _ => null), [], new Dictionary<string, string>(), []);
}

/// <summary>Collects what forms offer and estimates are measured by.</summary>
public sealed class FormLibrary(ModelQueries models, DatasetQueries datasets, StudyQueries studies, NeuronSetQueries sets, LabDatabase database)
{
    private const int MostRuns = 500;

    /// <summary>Everything on one compute service; null: on any.</summary>
    public async Task<FormStock> LoadAsync(string? service, CancellationToken cancellationToken = default)
    {
        var found = (await models.ListAsync(cancellationToken: cancellationToken)).Where(m => service is null || m.Service == service).ToList();
        var files = (await datasets.ListAsync(cancellationToken: cancellationToken)).Where(d => service is null || d.Service == service).ToList();
        var runs = await RunsAsync(service, cancellationToken);
        var facts = Facts(found, files, runs);
        var options = new InputOptions
        {
            Inputs =
            [
                .. found.Where(model => model.RunId is null).Select(Added),
                .. runs.SelectMany(RunArtifacts.Of).Select(made => made.Role is InputRole.Model ? made with { Report = facts.Model(made.Reference) } : made),
                .. (await sets.ListAsync()).Select(Added),
            ],
            Datasets = [.. files.Select(Added), .. runs.SelectMany(RunArtifacts.PairsOf)],
        };
        return new FormStock(
            options,
            facts,
            [.. runs.Where(run => run.State is RunState.Succeeded && run.Seconds is not null).Select(run => new EarlierRun(run.Model, run.Spec.Parameters, run.Seconds!.Value, run.PeakBytes))],
            Known(runs),
            (await studies.ListAsync(take: 100, cancellationToken: cancellationToken)).Items);
    }

    private async Task<IReadOnlyList<StockedRun>> RunsAsync(string? service, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            db => db.Runs
                .Where(run => !run.Archived && (service == null || run.Service == service) && run.State != RunState.Failed && run.State != RunState.Cancelled)
                .OrderByDescending(run => run.CreatedAt)
                .Take(MostRuns)
                .Select(run => new { run.Id, run.Name, run.Model, run.State, run.SpecJson, run.StartedAt, run.FinishedAt, run.PeakMemoryBytes })
                .ToListAsync(cancellationToken),
            cancellationToken);
        return [.. rows.Select(row => new StockedRun(
            row.Id,
            row.Name,
            row.Model,
            row.State,
            JsonSerializer.Deserialize<RunSpec>(row.SpecJson, ContractJson.Options)!,
            (row.FinishedAt - row.StartedAt)?.TotalSeconds,
            row.PeakMemoryBytes))];
    }

    private static InputOption Added(NeuronSetSummary set) => new(
        InputRole.NeuronSet,
        set.Reference,
        $"{set.Reference.Name}, {Numbers.Count(set.Count)} neurons",
        $"{set.Origin}; of a model of {set.Layers} layers of {Numbers.Count(set.NeuronsPerLayer)} neurons.");

    private static InputOption Added(ModelView model) => new(
        model.Role == "classifier" ? InputRole.Scorer : InputRole.Model,
        model.Ref,
        model.Name,
        model.Report is { } report ? ModelFacts.Short(report) : "",
        "Models")
    {
        Report = model.Report,
        Outputs = model.Report?.Labels ?? [],
    };

    private static DatasetOption Added(DatasetView dataset) =>
        new(dataset.Kind, dataset.Ref, $"{dataset.Name}, {DatasetFacts.Size(dataset.Kind, dataset.Report)}", DatasetFacts.Short(dataset.Report));

    private static Dictionary<string, string> Known(IReadOnlyList<StockedRun> runs)
    {
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var run in runs)
            known.TryAdd(SpecIdentity.Of(run.Spec.Parameters), run.Id);
        return known;
    }

    private static InputFacts Facts(List<ModelView> models, List<DatasetView> files, IReadOnlyList<StockedRun> runs)
    {
        var byId = runs.ToDictionary(run => run.Id, StringComparer.Ordinal);
        return new InputFacts(Model, dataset => files.FirstOrDefault(file => file.Ref.File.Location == dataset.File.Location)?.Report is { } report
            ? new DatasetSize(report.Records, report.Bytes)
            : null);

        ModelReport? Model(InputRef input) =>
            ModelShapes.Of(input, id => byId.GetValueOrDefault(id)?.Spec.Parameters, path => models.Find(model => model.Ref.Location == path)?.Report);
    }
}

/// <summary>A run, as far as forms need it.</summary>
internal sealed record StockedRun(string Id, string Name, string? Model, RunState State, RunSpec Spec, double? Seconds, long? PeakBytes);

/// <summary>What runs make that others can read. A run that has not finished counts too: who reads it waits for it.</summary>
internal static class RunArtifacts
{
    public static IEnumerable<InputOption> Of(StockedRun run) => run.Spec.Parameters switch
    {
        DirectionParameters => [Option(run, InputRole.Direction, Artifacts.Direction, "Directions")],
        DpoParameters =>
        [
            Option(run, InputRole.Model, Artifacts.BestModel, "Trained here", " (best)"),
            Option(run, InputRole.Model, Artifacts.LastModel, "Trained here", " (last)"),
            .. Adapters(run),
        ],
        ExportParameters => [Option(run, InputRole.Model, Artifacts.Exported, "Exported here")],
        NeuronsParameters => [Option(run, InputRole.Neurons, Artifacts.Neurons, "Neuron statistics")],
        EvaluateParameters or RescoreParameters or DynamicPatchParameters => [Option(run, InputRole.Generations, Artifacts.Generations, "Evaluations")],
        SearchParameters => [Option(run, InputRole.Search, Artifacts.Search, "Searches")],
        _ => [],
    };

    public static IEnumerable<DatasetOption> PairsOf(StockedRun run) => run.Spec.Parameters is PairsParameters
        ? [new DatasetOption(DatasetKind.Pairs, new DatasetRef(InputRef.OfArtifact(run.Id, Artifacts.Pairs, run.Name)), run.Name, Note(run))]
        : [];

    private static IEnumerable<InputOption> Adapters(StockedRun run) => run.Spec.Parameters is DpoParameters { Lora: not null }
        ? [Option(run, InputRole.Adapter, Artifacts.BestAdapter, "Adapters", " (best)"), Option(run, InputRole.Adapter, Artifacts.LastAdapter, "Adapters", " (last)")]
        : [];

    private static InputOption Option(StockedRun run, InputRole role, string artifact, string group, string suffix = "") =>
        new(role, InputRef.OfArtifact(run.Id, artifact, run.Name), $"{run.Name}{suffix}", Note(run), group);

    private static string Note(StockedRun run) => run.State is RunState.Succeeded ? $"Made by {run.Id}." : $"From {run.Id}, which has not finished: the new run waits for it.";
}
