using Microsoft.AspNetCore.Components;
using LogLevel = DpoLab.Contracts.Runs.LogLevel;

namespace DpoLab.Web.Runs;

/// <summary>What the run wrote for people, following while it runs.</summary>
public sealed partial class LogTab
{
    private const int Step = 300;
    private IReadOnlyList<LogLine> lines = [];
    private LogLevel least;
    private int shown = Step;
    private int read = -1;

    [Inject]
    private RunQueries Runs { get; set; } = null!;

    [Parameter, EditorRequired]
    public RunView Run { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (read == Run.LogCount)
            return;
        read = Run.LogCount;
        await ReadAsync();
    }

    private async Task ShowAsync(LogLevel level)
    {
        least = level;
        shown = Step;
        await ReadAsync();
    }

    private async Task OlderAsync()
    {
        shown += Step;
        await ReadAsync();
    }

    private async Task ReadAsync() => lines = await Runs.LogAsync(Run.Summary.Id, take: shown, least: least);
}
