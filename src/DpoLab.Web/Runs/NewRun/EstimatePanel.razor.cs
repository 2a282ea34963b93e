using System.Globalization;
using DpoLab.Web.Compute;
using DpoLab.Web.Runs.NewRun.Estimates;
using DpoLab.Web.Shell;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Runs.NewRun;

/// <summary>What the planned runs will take.</summary>
public partial class EstimatePanel
{
    /// <summary>One for each planned run that can be read.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<RunEstimate> Estimates { get; set; } = [];

    [Parameter, EditorRequired]
    public IReadOnlyList<ServiceView> Services { get; set; } = [];

    /// <summary>Where they would run; null: no service is known.</summary>
    [Parameter]
    public ServiceView? Service { get; set; }

    [Parameter]
    public EventCallback<string?> ServiceChosen { get; set; }

    private TimeSpan? Total => Estimates.Count > 0 && Estimates.All(estimate => estimate.Seconds is not null)
        ? TimeSpan.FromSeconds(Estimates.Sum(estimate => estimate.Seconds!.Value))
        : null;

    private RunMemory? Memory => Estimates.Select(estimate => estimate.Memory).OfType<RunMemory>().MaxBy(memory => memory.Total);

    private long? Device => Estimates.Select(estimate => estimate.DeviceBytes).FirstOrDefault(bytes => bytes > 0);

    private bool TooMuch => Memory is { } memory && Device is { } device && memory.Total > device;

    private string MemoryWords => Memory is { } m
        ? string.Join(", ", new[] { ("weights", m.Weights), ("optimizer", m.Optimizer), ("activations", m.Activations) }.Where(p => p.Item2 > 0).Select(p => $"{p.Item1} {Numbers.Bytes(p.Item2)}"))
        : "";

    private string Starts => Service switch
    {
        null => "when a compute service is configured",
        { State: ServiceState.Refused or ServiceState.Gone } gone => $"when {gone.Name} is connected again",
        { Report.Queue: { } queue } when queue.Running.Count + queue.Waiting.Count > 0 => $"after {queue.Running.Count + queue.Waiting.Count} {(queue.Running.Count + queue.Waiting.Count == 1 ? "run" : "runs")}",
        { Report: not null } => "at once",
        _ => "when the service is connected",
    };

    private string Percent(long bytes) =>
        ((double)bytes / Math.Max(Device ?? 0, Memory!.Total) * 100).ToString("0.#", CultureInfo.InvariantCulture) + "%";
}
