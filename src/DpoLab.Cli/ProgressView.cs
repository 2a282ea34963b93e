using System.Globalization;
using Spectre.Console;

namespace DpoLab.Cli;

/// <summary>Draws a study's runs while they work: one line each, with bar, rate and time left.</summary>
internal static class ProgressView
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Follows a study until it is over, and returns it as it is then.</summary>
    public static Task<Study> FollowAsync(IAnsiConsole console, Func<Task<Study>> read, CancellationToken cancellationToken) =>
        console.Profile.Capabilities.Interactive ? DrawAsync(console, read, cancellationToken) : PrintAsync(console, read, cancellationToken);

    private static Task<Study> DrawAsync(IAnsiConsole console, Func<Task<Study>> read, CancellationToken cancellationToken) =>
        console.Progress()
            .AutoClear(false)
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn { Width = 24 },
                new PercentageColumn())
            .StartAsync(async context =>
            {
                var tasks = new Dictionary<string, ProgressTask>(StringComparer.Ordinal);
                while (true)
                {
                    Study study = await read();
                    foreach (var node in study.Nodes)
                    {
                        if (!tasks.TryGetValue(node.Run.Id, out var task))
                            tasks[node.Run.Id] = task = context.AddTask(node.Run.Name, autoStart: false, maxValue: 1);
                        Show(task, node.Run);
                    }

                    if (study.IsOver)
                        return study;
                    await Task.Delay(Pause, cancellationToken);
                }
            });

    private static void Show(ProgressTask task, Run run)
    {
        string name = run.Name.Length > 34 ? run.Name[..33] + "…" : run.Name.PadRight(34);
        task.Description = $"{Markup.Escape(name)} [grey]{Markup.Escape(State(run).PadRight(44))}[/]";
        task.Value = run.Status.State == "succeeded" ? 1 : run.Status.Overall ?? 0;
    }

    /// <summary>Without a terminal: a line each time that a run's state or stage changes.</summary>
    private static async Task<Study> PrintAsync(IAnsiConsole console, Func<Task<Study>> read, CancellationToken cancellationToken)
    {
        var shown = new Dictionary<string, string>(StringComparer.Ordinal);
        while (true)
        {
            Study study = await read();
            foreach (var run in study.Nodes.Select(n => n.Run).Where(run => run.Status.State is not ("waiting" or "queued")))
            {
                string key = $"{run.Status.State} {run.Status.Stage}";
                if (shown.GetValueOrDefault(run.Id) == key)
                    continue;
                shown[run.Id] = key;
                console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{DateTime.Now:HH:mm:ss}  {run.Name}: {State(run)}"));
            }

            if (study.IsOver)
                return study;
            await Task.Delay(Pause, cancellationToken);
        }
    }

    private static string State(Run run) => run.Status switch
    {
        { State: "running", Stage: { } stage } status => Words(stage, status),
        { State: "queued", Place: { } place } => $"queued, place {place}",
        { State: "succeeded" } when run is { StartedAt: { } start, FinishedAt: { } end } => $"done in {Duration(end - start)}",
        { State: "failed", Reason: { } reason } => $"failed: {reason}",
        { Blocked: true } => "waits for a run that failed",
        var status => status.State,
    };

    private static string Words(string stage, RunStatus status)
    {
        string words = stage;
        if (status is { Done: { } done, Total: { } total })
            words += string.Create(CultureInfo.InvariantCulture, $" {done:0}/{total:0}");
        if (status.Rate is { } rate)
            words += string.Create(CultureInfo.InvariantCulture, $", {rate:0.#} {status.Unit}/s");
        if (status.ExpectedEnd is { } end && end > DateTimeOffset.Now)
            words += $", {Duration(end - DateTimeOffset.Now)} left";
        return words;
    }

    private static string Duration(TimeSpan span) => span.TotalSeconds < 60
        ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalMinutes} min {span.Seconds:00} s");
}
