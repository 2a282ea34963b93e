using System.Collections.Concurrent;
using DpoLab.Contracts.Hosting;
using DpoLab.Web.Live;

namespace DpoLab.Web.Compute;

/// <summary>How the lab stands with a compute service.</summary>
public enum ServiceState
{
    /// <summary>Not reached yet since the lab started.</summary>
    Connecting,

    Connected,

    /// <summary>Was reached, is not now; tried again for ever.</summary>
    Gone,

    /// <summary>It refused the token: trying on will not help.</summary>
    Refused,
}

/// <summary>A compute service, as pages show it.</summary>
/// <param name="Name">As in the configuration; <c>this machine</c> when embedded.</param>
/// <param name="Address">Where it answers; null: not started yet.</param>
/// <param name="Embedded">Started and supervised by the lab itself.</param>
/// <param name="State">How the lab stands with it.</param>
/// <param name="Problem">Why it is not connected, and what to do.</param>
/// <param name="Since">When the state began.</param>
/// <param name="Report">The last that it said about itself.</param>
public sealed record ServiceView(
    string Name, string? Address, bool Embedded, ServiceState State, string? Problem, DateTimeOffset Since, ServiceReport? Report);

/// <summary>What is known of every compute service now. Connections write it, pages and queries read it.</summary>
public sealed class ServiceBoard(LabSignals signals)
{
    private readonly ConcurrentDictionary<string, ServiceView> services = new(StringComparer.Ordinal);

    /// <summary>All services, by name.</summary>
    public IReadOnlyList<ServiceView> List() => [.. services.Values.OrderBy(s => s.Name, StringComparer.Ordinal)];

    /// <summary>Null: no service of that name is configured.</summary>
    public ServiceView? Find(string name) => services.GetValueOrDefault(name);

    /// <summary>Place in the queue, from 1; null: not waiting there, or not known.</summary>
    public int? PlaceOf(string service, string runId)
    {
        IReadOnlyList<string>? waiting = Find(service)?.Report?.Queue.Waiting;
        for (int i = 0; waiting is not null && i < waiting.Count; i++)
        {
            if (waiting[i] == runId)
                return i + 1;
        }

        return null;
    }

    internal void Set(ServiceView view)
    {
        services[view.Name] = view;
        signals.Publish(Topics.Services);
    }

    internal void SetState(string name, ServiceState state, string? problem, string? address = null)
    {
        if (Find(name) is not { } known)
            return;
        Set(known with { State = state, Problem = problem, Address = address ?? known.Address, Since = DateTimeOffset.UtcNow });
        signals.Publish(Topics.Runs);
    }

    internal void SetReport(string name, ServiceReport report)
    {
        if (Find(name) is not { } known)
            return;
        Set(known with { Report = report });
        string[] before = [.. known.Report?.Queue.Waiting ?? []];
        string[] moved = [.. report.Queue.Waiting.Union(before, StringComparer.Ordinal)
            .Where(run => Array.IndexOf(before, run) != report.Queue.Waiting.ToList().IndexOf(run))];
        foreach (string run in moved)
            signals.Publish(Topics.Run(run));
        if (moved.Length > 0)
            signals.Publish(Topics.Runs);
    }
}
