using System.Globalization;
using DpoLab.Web.Shell;

namespace DpoLab.Web.Runs;

/// <summary>The list of runs as CSV: times in ISO 8601, sizes in bytes, seconds as numbers.</summary>
internal static class RunListCsv
{
    private static readonly string[] Header =
    [
        "id", "name", "kind", "state", "attempt", "model", "study", "service", "created_by", "created_at", "started_at", "finished_at", "seconds",
        "peak_memory_bytes", "tags", "reason",
    ];

    public static string Of(IEnumerable<RunSummary> runs) => CsvText.Of(Header, runs.Select(Row));

    private static IReadOnlyList<string?> Row(RunSummary run) =>
    [
        run.Id, run.Name, Words.Of(run.Kind), Words.Of(run.Status.State), Text(run.Status.Attempt), run.Model, run.Study?.Question, run.Service,
        run.CreatedBy, Time(run.CreatedAt), Time(run.StartedAt), Time(run.FinishedAt),
        run is { StartedAt: { } start, FinishedAt: { } end } ? Text(Math.Round((end - start).TotalSeconds, 3)) : null,
        Text(run.Status.PeakMemoryBytes), string.Join(' ', run.Tags), run.Status.Reason,
    ];

    private static string? Text(IFormattable? value) => value?.ToString(null, CultureInfo.InvariantCulture);

    private static string? Time(DateTimeOffset? time) => time?.ToString("O", CultureInfo.InvariantCulture);
}
