using System.Text.Json;
using DpoLab.Contracts;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Data;
using DpoLab.Web.Live;
using Microsoft.EntityFrameworkCore;

namespace DpoLab.Web.Models;

/// <summary>
/// Parity badges. They are the results of verify runs in the database, looked up by the digest of the model's files, so that one model
/// cannot carry the badge of another.
/// </summary>
public sealed class ParityQueries(LabDatabase database, SignalledCache cache)
{
    /// <summary>The badge of files with this digest; null: they were not verified.</summary>
    public async Task<ParityBadge?> FindAsync(string digest) => Choose((await AllAsync()).Where(badge => badge.ModelDigest == digest));

    /// <summary>The badge of a model; a stale one where its folder was verified with other content.</summary>
    public async Task<ParityBadge?> FindAsync(ModelView model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var own = (await AllAsync())
            .Where(badge => badge.Service == model.Service && badge.Model.RunId == model.RunId && badge.Model.Location == model.Ref.Location).ToList();

        // what a run made does not change
        if (model.Report is not { } report)
            return Choose(own);
        return await FindAsync(report.Digest) ?? (Choose(own) is { } before ? before with { IsStale = true } : null);
    }

    /// <summary>
    /// A comparison with another implementation says more than a check of the model by itself, unless that came later and failed.
    /// </summary>
    /// <param name="badges">Newest first.</param>
    private static ParityBadge? Choose(IEnumerable<ParityBadge> badges)
    {
        ParityBadge? self = null;
        foreach (var badge in badges)
        {
            if (badge.Against is not null)
                return self is { Agrees: false } ? self : badge;
            self ??= badge;
        }

        return self;
    }

    /// <summary>All of them, newest first; read again when a run has ended.</summary>
    private Task<IReadOnlyList<ParityBadge>> AllAsync() => cache.GetAsync(Topics.Dispatch, "parity", () => database.ReadAsync<IReadOnlyList<ParityBadge>>(async db =>
    {
        var runs = await db.Runs.Where(run => run.Kind == RunKind.Verify && run.State == RunState.Succeeded && run.ResultJson != null)
            .OrderByDescending(run => run.FinishedAt)
            .Select(run => new { run.Id, run.Service, run.SpecJson, run.ResultJson, run.FinishedAt, run.CreatedAt })
            .ToListAsync();
        return [.. runs.Select(run => Badge(
            run.Id,
            run.Service,
            JsonSerializer.Deserialize<RunSpec>(run.SpecJson, ContractJson.Options)!,
            (VerifyResult)JsonSerializer.Deserialize<RunResult>(run.ResultJson!, ContractJson.Options)!,
            run.FinishedAt ?? run.CreatedAt))];
    }));

    private static ParityBadge Badge(string run, string service, RunSpec spec, VerifyResult result, DateTimeOffset at) => new()
    {
        RunId = run,
        Service = service,
        Model = ((VerifyParameters)spec.Parameters).Model,
        ModelDigest = result.ModelDigest,
        Against = result.Against,
        Agrees = result.Agrees,
        Difference = result.Difference,
        Comparisons = result.Items.Count,
        Precision = result.Precision,
        Device = result.Device,
        At = at,
    };
}
