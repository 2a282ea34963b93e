using System.Text.Json;
using DpoLab.Contracts;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Compute;
using DpoLab.Web.Data;
using DpoLab.Web.Live;
using Microsoft.EntityFrameworkCore;

namespace DpoLab.Web.Runs;

/// <summary>What pages and the API ask about runs.</summary>
public sealed class RunQueries(LabDatabase database, SignalledCache cache, ServiceBoard services)
{
    /// <summary>A page of the runs that match. Kept until any run changes, for all who look at the same list.</summary>
    public async Task<Paged<RunSummary>> ListAsync(RunFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        Paged<RunSummary> page = await cache.GetAsync(
            Topics.Runs, "runs/" + JsonSerializer.Serialize(filter, ContractJson.Options), () => database.ReadAsync(async db =>
            {
                IQueryable<RunEntity> matching = RunFiltering.Matching(db, filter);
                int total = await matching.CountAsync();
                IReadOnlyList<RunSummary> items = await RunSummaries.ReadAsync(
                    db, RunFiltering.Ordered(matching, filter.Order).Skip(filter.Skip).Take(filter.Take), services);
                return new Paged<RunSummary>(items, total);
            }));
        return page with { Items = [.. page.Items.Select(r => r with { Status = RunSummaries.WithService(r.Status, r, services) })] };
    }

    /// <summary>The runs with these ids, in that order; unknown ids are left out.</summary>
    public async Task<IReadOnlyList<RunSummary>> ListAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ids);
        IReadOnlyList<RunSummary> found = await database.ReadAsync(
            db => RunSummaries.ReadAsync(db, db.Runs.Where(r => ids.Contains(r.Id)), services, cancellationToken), cancellationToken);
        var byId = found.ToDictionary(r => r.Id, StringComparer.Ordinal);
        return [.. ids.Where(byId.ContainsKey).Select(id => byId[id])];
    }

    /// <summary>How many runs are in each state, archived ones left out.</summary>
    public Task<IReadOnlyDictionary<RunState, int>> CountAsync(CancellationToken cancellationToken = default) =>
        cache.GetAsync(Topics.Runs, "runs/count", () => database.ReadAsync<IReadOnlyDictionary<RunState, int>>(
            async db => await db.Runs.Where(r => !r.Archived).GroupBy(r => r.State)
                .ToDictionaryAsync(g => g.Key, g => g.Count(), cancellationToken),
            cancellationToken));

    /// <summary>Everything but curves, texts and log; null: no such run. Kept until the run changes, for all its viewers together.</summary>
    public async Task<RunView?> FindAsync(string id)
    {
        RunView? view = await cache.GetAsync(Topics.Run(id), "run/" + id, () => database.ReadAsync(db => RunViews.ReadAsync(db, id, services)));
        return view is null ? null : view with { Summary = view.Summary with { Status = RunSummaries.WithService(view.Status, view.Summary, services) } };
    }

    /// <summary>The newest lines before <paramref name="before"/> (null: the end), in order of writing.</summary>
    public async Task<IReadOnlyList<LogLine>> LogAsync(
        string id, long? before = null, int take = 200, Contracts.Runs.LogLevel least = Contracts.Runs.LogLevel.Info, CancellationToken cancellationToken = default)
    {
        Contracts.Runs.LogLevel[] levels = [.. Enum.GetValues<Contracts.Runs.LogLevel>().Where(l => l >= least)];
        List<LogLine> newest = await database.ReadAsync(
            db => db.LogLines.Where(l => l.RunId == id && (before == null || l.Seq < before) && levels.Contains(l.Level))
                .OrderByDescending(l => l.Seq).Take(take).Select(l => new LogLine(l.Seq, l.Time, l.Level, l.Message)).ToListAsync(cancellationToken),
            cancellationToken);
        newest.Reverse();
        return newest;
    }

    /// <summary>A page of the generated texts that match.</summary>
    public async Task<Paged<GenerationRecord>> TextsAsync(string id, TextFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return await database.ReadAsync(
            async db =>
            {
                IQueryable<GeneratedTextEntity> matching = RunFiltering.Texts(db, id, filter);
                List<GeneratedTextEntity> page = await matching.Skip(filter.Skip).Take(filter.Take).ToListAsync(cancellationToken);
                return new Paged<GenerationRecord>([.. page.Select(RunViews.ToRecord)], await matching.CountAsync(cancellationToken));
            },
            cancellationToken);
    }

    /// <summary>The variants and training steps that a run's texts come in.</summary>
    public Task<TextGroups> TextGroupsAsync(string id) =>
        cache.GetAsync(Topics.Run(id), "texts/" + id, () => database.ReadAsync(async db => new TextGroups(
            await db.GeneratedTexts.Where(t => t.RunId == id).Select(t => t.Variant).Distinct().ToListAsync(),
            await db.GeneratedTexts.Where(t => t.RunId == id && t.Step >= 0).Select(t => t.Step).Distinct().OrderBy(s => s).ToListAsync())));

    /// <summary>Rows of finished evaluations and sweeps, newest first, for Home.</summary>
    public Task<IReadOnlyList<RecentRow>> RecentRowsAsync(int take = 8) =>
        cache.GetAsync(Topics.Runs, $"recent/{take}", () => database.ReadAsync<IReadOnlyList<RecentRow>>(async db =>
        {
            var rows = await db.EvaluationRows.Join(db.Runs.Where(r => !r.Archived), row => row.RunId, run => run.Id, (row, run) => new { row, run.Name })
                .OrderByDescending(r => r.row.Time).Take(take).ToListAsync();
            return [.. rows.Select(r => new RecentRow(r.row.RunId, r.Name, r.row.Time, RunViews.ToRow(r.row.Json)))];
        }));

    /// <summary>How to make the run again; null: no such run.</summary>
    public async Task<Reproduction?> ReproduceAsync(string id, Uri lab) =>
        await FindAsync(id) is { } run ? RunReproduction.Of(run, lab) : null;

    /// <summary>The spec as stored; null: no such run.</summary>
    public Task<RunSpec?> SpecAsync(string id, CancellationToken cancellationToken = default) =>
        database.ReadAsync(
            async db => await db.Runs.Where(r => r.Id == id).Select(r => r.SpecJson).FirstOrDefaultAsync(cancellationToken) is { } json
                ? JsonSerializer.Deserialize<RunSpec>(json, ContractJson.Options)
                : null,
            cancellationToken);
}

/// <summary>A finished row with its run.</summary>
public sealed record RecentRow(string RunId, string RunName, DateTimeOffset Time, EvaluationRow Row);

/// <summary>What a run's texts can be filtered by.</summary>
public sealed record TextGroups(IReadOnlyList<string> Variants, IReadOnlyList<long> Steps);
