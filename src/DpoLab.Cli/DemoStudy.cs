using System.Diagnostics;
using System.Globalization;
using DpoLab.Contracts.Runs;
using Spectre.Console;

namespace DpoLab.Cli;

/// <summary>The demo: what a team would do by hand on the pages, done through the API.</summary>
internal sealed class DemoStudy(LabApi api, IAnsiConsole console, Uri lab, string folder)
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);

    /// <summary>Waits for the lab, submits the study and shows it until it is over. False: a run of it failed.</summary>
    /// <exception cref="LabException">The lab is gone or refuses something.</exception>
    public async Task<bool> RunAsync(int? process, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        await WaitUntilReadyAsync(process, cancellationToken);
        console.WriteLine($"The lab is up at {lab}");
        Study study = await SubmitAsync(cancellationToken);
        var page = new Uri(lab, $"/studies/{study.Summary.Id}");
        console.WriteLine($"The study “{study.Summary.Question}” is at {page}");
        study = await ProgressView.FollowAsync(
            console, () => api.GetAsync<Study>($"studies/{study.Summary.Id}", cancellationToken), cancellationToken);
        TableView.Print(console, study);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The table came after {clock.Elapsed:m\\:ss}. Look at it at {page}"));
        foreach (var run in study.Nodes.Select(n => n.Run).Where(r => r.Status.State != "succeeded"))
            console.WriteLine($"{run.Name} {run.Status.State}: {run.Status.Reason ?? "it waits for a run that failed"}");
        return study.Nodes.All(n => n.Run.Status.State == "succeeded");
    }

    private async Task WaitUntilReadyAsync(int? process, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (!await api.HasComputeAsync(cancellationToken))
        {
            if (process is { } id && !IsAlive(id))
                throw new LabException("The lab stopped before it answered.");
            if (clock.Elapsed > StartLimit)
                throw new LabException($"The lab does not answer at {lab}, or its compute service does not start. Its log says why.");
            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    private async Task<Study> SubmitAsync(CancellationToken cancellationToken) =>
        await api.PostAsync<Study>(
            "studies/from-template/four-groups",
            new
            {
                Model = await ModelAsync("base-model", "demo GPT-2", cancellationToken),
                Scorer = await ModelAsync("scorer", "demo scorer", cancellationToken),
                Comments = await DatasetAsync("comments.csv", DatasetKind.Comments, "demo comments", cancellationToken),
                Pairs = await DatasetAsync("pairs.jsonl", DatasetKind.Pairs, "demo pairs", cancellationToken),
                Prompts = await DatasetAsync("challenge-prompts.jsonl", DatasetKind.Prompts, "demo challenge prompts", cancellationToken),
                Continuations = await DatasetAsync("continuations.jsonl", DatasetKind.Continuations, "demo continuations", cancellationToken),
                Text = await DatasetAsync("text.txt", DatasetKind.Text, "demo text", cancellationToken),
                Preset = "demo",
                InverseRegularization = 0.001, // the demo's README says why
            },
            cancellationToken);

    /// <summary>Adds a folder, or finds it when it was added before.</summary>
    private async Task<InputRef> ModelAsync(string path, string name, CancellationToken cancellationToken) =>
        (await api.PostAsync<Registered<InputRef>>("models", new { Path = Path.Combine(folder, path), Name = name }, cancellationToken)).Ref;

    private async Task<DatasetRef> DatasetAsync(string path, DatasetKind kind, string name, CancellationToken cancellationToken) =>
        (await api.PostAsync<Registered<DatasetRef>>(
            "datasets",
            new { Path = Path.Combine(folder, path), Kind = kind, Name = name, Licence = "see the demo's README: MIT, CC BY-SA, public domain" },
            cancellationToken)).Ref;

    private static bool IsAlive(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return !found.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private sealed record Registered<T>(T Ref);
}
