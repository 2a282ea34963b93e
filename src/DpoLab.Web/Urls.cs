using DpoLab.Contracts.Runs;
using Microsoft.AspNetCore.WebUtilities;

namespace DpoLab.Web;

/// <summary>Every address of the lab, built in this one place. Paths are relative to the base address, without a leading slash for pages.</summary>
public static class Urls
{
    public const string Home = "";
    public const string Runs = "runs";
    public const string NewRun = "runs/new";
    public const string Studies = "studies";
    public const string NewStudy = "studies/new";
    public const string Models = "models";
    public const string Datasets = "datasets";
    public const string Compare = "compare";
    public const string Neurons = "neurons";
    public const string NeuronSets = "neuron-sets";
    public const string Playground = "playground";
    public const string Lens = "lens";
    public const string Compute = "compute";
    public const string Admin = "admin";
    public const string SignIn = "account/sign-in";
    public const string SignOut = "account/sign-out";
    public const string FirstAdministrator = "account/first";
    public const string JoinPage = "account/join";

    // what the account pages' forms post to
    internal const string PostSignIn = "account/do/sign-in";
    internal const string PostSignOut = "account/do/sign-out";
    internal const string PostFirst = "account/do/first";
    internal const string PostJoin = "account/do/join";

    /// <summary>Exports values of transformers for Verify.</summary>
    public const string ExportScript = "scripts/export_values.py";

    public const string Api = "/api/v1";
    public const string OpenApi = "/api/v1/openapi.json";

    /// <summary>A run's page, with one of its tabs.</summary>
    public static string Run(string id, string? tab = null) => With($"runs/{Uri.EscapeDataString(id)}", ("tab", tab));

    public static string Study(string id) => $"studies/{Uri.EscapeDataString(id)}";

    /// <summary>All that a study did to its model, on one page.</summary>
    public static string Interventions(string studyId) => $"{Study(studyId)}/interventions";

    /// <summary>Runs, or studies, side by side.</summary>
    public static string CompareOf(IEnumerable<string> runs, IEnumerable<string>? studies = null) => With(
        Compare, ("runs", Joined(runs)), ("studies", Joined(studies ?? [])));

    /// <summary>The map and list of a run's neurons, with what its address says (<see cref="DpoLab.Web.Neurons.NeuronAddress"/>).</summary>
    public static string NeuronsOf(string runId, params (string Name, string? Value)[] query) => With($"{Neurons}/{Uri.EscapeDataString(runId)}", query);

    /// <summary>One neuron of a run's pair.</summary>
    public static string Neuron(string runId, int layer, int neuron) => $"{Neurons}/{Uri.EscapeDataString(runId)}/{layer}/{neuron}";

    /// <summary>A prompt and all settings of its answer (<see cref="DpoLab.Web.Playground.PlaygroundSettings"/>).</summary>
    public static string PlaygroundOf(params (string Name, string? Value)[] query) => With(Playground, query);

    /// <summary>A prompt or a set of them through the logit lens.</summary>
    public static string LensOf(params (string Name, string? Value)[] query) => With(Lens, query);

    /// <summary>A neuron set, as one of its versions.</summary>
    public static string NeuronSet(int id, int? version = null) => With($"{NeuronSets}/{id}", ("version", version?.ToString()));

    public static string NeuronSetCsv(int id, int version) => With($"{Api}/neuron-sets/{id}/neurons.csv", ("version", $"{version}"));

    /// <summary>A part of a run's neurons in the API: <c>points</c>, <c>chosen</c>, <c>neurons.csv</c>.</summary>
    public static string NeuronData(string runId, string part, params (string Name, string? Value)[] query) => With($"{ApiRun(runId)}/neurons/{part}", query);

    /// <summary>The form for a kind of run, or filled in from an earlier run.</summary>
    public static string NewRunOf(string? kind = null, string? from = null, string? study = null) =>
        With(NewRun, ("kind", kind), ("from", from), ("study", study));

    /// <summary>The list of models with the facts of one: its number, or run and folder.</summary>
    public static string ModelOf(string key) => With(Models, ("show", key));

    /// <summary>The list of datasets with the first records of one.</summary>
    public static string DatasetOf(int id) => With(Datasets, ("show", $"{id}"));

    /// <summary>The list of runs, filtered.</summary>
    public static string RunList(string? text = null, string? state = null, string? kind = null, string? tag = null, int? page = null) =>
        With(Runs, ("q", text), ("state", state), ("kind", kind), ("tag", tag), ("page", page?.ToString()));

    /// <summary>The public read-only page behind a secret.</summary>
    public static string Shared(string secret, string? run = null) => With($"s/{Uri.EscapeDataString(secret)}", ("run", run));

    /// <summary>The table of a shared study as CSV.</summary>
    public static string SharedTableCsv(string secret) => $"{Api}/shared/{Uri.EscapeDataString(secret)}/study/table.csv";

    /// <summary>Where an invited person sets a password.</summary>
    public static string Join(string userId, string token) => With(JoinPage, ("user", userId), ("token", token));

    /// <summary>A file below a run's directory, through the web server.</summary>
    public static string RunFile(string id, string path) =>
        $"{Api}/runs/{Uri.EscapeDataString(id)}/files/{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}";

    /// <summary>A folder below a run's artifacts as a tar stream, through the web server.</summary>
    public static string RunFolder(string id, string path) =>
        $"{Api}/runs/{Uri.EscapeDataString(id)}/folders/{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}";

    /// <summary>The form that exports a folder that a run made.</summary>
    public static string ExportOf(string run, string folder) => With(NewRun, ("kind", "export"), ("model", $"{run}:{folder}"));

    /// <summary>The form of a search that goes on from a finished one, filled in like it.</summary>
    public static string ExtensionOf(string run) => With(NewRun, ("from", run), ("extends", $"{run}:{Artifacts.Search}"));

    public static string ApiRun(string id) => $"{Api}/runs/{Uri.EscapeDataString(id)}";

    public static string MetricsCsv(string id, string? name = null) => With($"{ApiRun(id)}/metrics.csv", ("name", name));

    public static string RowsCsv(string id) => $"{ApiRun(id)}/rows.csv";

    /// <summary>Agreement of a panel's scorers.</summary>
    public static string PanelCsv(string id) => $"{ApiRun(id)}/panel.csv";

    public static string TextsJsonl(string id) => $"{ApiRun(id)}/texts.jsonl";

    public static string StudyTableCsv(string id) => $"{Api}/studies/{Uri.EscapeDataString(id)}/table.csv";

    public static string StudyProtocolsCsv(string id) => $"{Api}/studies/{Uri.EscapeDataString(id)}/protocols.csv";

    /// <summary>The paper's figures of a study.</summary>
    public static string StudyFigures(string id) => $"{Study(id)}/figures";

    /// <summary>Those that one run of neuron statistics makes.</summary>
    public static string NeuronFigures(string runId) => $"{NeuronsOf(runId)}/figures";

    /// <summary>The numbers behind one of a study's figures, as <c>csv</c> or <c>json</c>.</summary>
    public static string StudyFigure(string id, string key, string format) => $"{Api}/studies/{Uri.EscapeDataString(id)}/figures/{key}.{format}";

    public static string RunFigure(string id, string key, string format) => $"{ApiRun(id)}/figures/{key}.{format}";

    /// <summary>Adds the given query values that are not null.</summary>
    public static string With(string path, params (string Name, string? Value)[] query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return QueryHelpers.AddQueryString(path, query.Where(q => q.Value is not null).Select(q => KeyValuePair.Create(q.Name, q.Value)));
    }

    private static string? Joined(IEnumerable<string> ids) => string.Join(',', ids) is { Length: > 0 } joined ? joined : null;
}
