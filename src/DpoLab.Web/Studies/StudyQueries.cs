using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Data;
using DpoLab.Web.Live;
using DpoLab.Web.Runs;
using Microsoft.EntityFrameworkCore;

namespace DpoLab.Web.Studies;

/// <summary>What pages and the API ask about studies.</summary>
public sealed class StudyQueries(LabDatabase database, RunQueries runs, SignalledCache cache)
{
    /// <summary>Studies, last changed first.</summary>
    public Task<Paged<StudySummary>> ListAsync(int skip = 0, int take = 50, bool archived = false, CancellationToken cancellationToken = default) =>
        database.ReadAsync(
            async db =>
            {
                IQueryable<StudyEntity> matching = db.Studies.Where(s => s.Archived == archived);
                List<StudyEntity> page = await matching.OrderByDescending(s => s.ChangedAt).Skip(skip).Take(take).ToListAsync(cancellationToken);
                string[] ids = [.. page.Select(s => s.Id)];
                var nodes = await db.StudyNodes.Where(n => ids.Contains(n.StudyId)).OrderBy(n => n.Position)
                    .Join(db.Runs, n => n.RunId, r => r.Id, (n, r) => new { n.StudyId, n.Position, r.Id, r.Name, r.State, r.Overall })
                    .OrderBy(n => n.Position).ToListAsync(cancellationToken);
                var byStudy = nodes.ToLookup(n => n.StudyId, n => (Link: new RunLink(n.Id, n.Name, n.State), n.Overall), StringComparer.Ordinal);
                return new Paged<StudySummary>([.. page.Select(s => Summary(s, [.. byStudy[s.Id]]))], await matching.CountAsync(cancellationToken));
            },
            cancellationToken);

    /// <summary>A study with its graph, table, findings and figures; null: no such study. Kept until it or one of its runs changes.</summary>
    public Task<StudyView?> FindAsync(string id) => cache.GetAsync(Topics.Study(id), "study/" + id, () => ReadAsync(id, only: null));

    /// <summary>As <see cref="FindAsync"/>, with these runs alone: what a share link was made for.</summary>
    public Task<StudyView?> FindSharedAsync(Sharing.SharedScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        return cache.GetAsync(Topics.Study(scope.TargetId), $"study/{scope.TargetId}/link/{scope.LinkId}", () => ReadAsync(scope.TargetId, scope.Runs));
    }

    private async Task<StudyView?> ReadAsync(string id, IReadOnlyList<string>? only)
    {
        (StudyEntity? study, List<StudyNodeEntity> members) = await database.ReadAsync(async db => (
            await db.Studies.FirstOrDefaultAsync(s => s.Id == id),
            await db.StudyNodes.Where(n => n.StudyId == id).OrderBy(n => n.Position).ToListAsync()));
        if (study is null)
            return null;
        var parts = new List<StudyPart>();
        foreach (StudyNodeEntity member in members.Where(m => only is null || only.Contains(m.RunId)))
        {
            if (await runs.FindAsync(member.RunId) is { } run)
                parts.Add(new StudyPart(member.Key, run));
        }

        // numbers of one protocol are never put beside the other's, except where they are compared
        StudyPart[] own = [.. parts.Where(part => part.Run.Spec.Parameters is DpoParameters or PairsParameters || part.Run.Spec.Parameters.Protocol == study.Protocol)];
        StudyTable table = StudyTables.Build(own);
        return new StudyView
        {
            Summary = Summary(study, [.. parts.Select(p => (new RunLink(p.Run.Summary.Id, p.Run.Summary.Name, p.Run.Status.State), p.Run.Status.Overall))]),
            Notes = study.Notes,
            Nodes = StudyGraph.Lay(parts),
            Table = table,
            Protocols = ProtocolComparison.Of(parts),
            Findings = StudyFindings.Of(own, table),
            Neurons = Find<NeuronsResult>(own)?.Result as NeuronsResult,
            NeuronsRunId = Find<NeuronsResult>(own)?.Summary.Id,
            Dpo = Find<DpoResult>(own)?.Result as DpoResult,
            DpoRunId = Find<DpoResult>(own)?.Summary.Id,
            Tried = own.Where(p => p.Run.Result is SweepResult or SearchResult)
                .ToDictionary(p => p.Run.Summary.Id, p => (p.Run.Result as SweepResult)?.Trials.Count ?? ((SearchResult)p.Run.Result!).Trials.Count, StringComparer.Ordinal),
            FollowUps = StudyFollowUps.Of(own, id),
            Directions = [.. own.Where(p => p.Run.Result is DirectionResult).Select(p => new StudyDirection(
                p.Run.Summary.Id, p.Run.Summary.Name, (DirectionResult)p.Run.Result!))],
        };
    }

    private static RunView? Find<T>(IEnumerable<StudyPart> parts)
        where T : RunResult => parts.Select(p => p.Run).FirstOrDefault(r => r.Result is T);

    private static StudySummary Summary(StudyEntity study, IReadOnlyList<(RunLink Link, double? Overall)> members) => new()
    {
        Id = study.Id,
        Question = study.Question,
        Template = study.Template,
        Protocol = study.Protocol,
        CreatedBy = study.CreatedBy,
        CreatedAt = study.CreatedAt,
        ChangedAt = study.ChangedAt,
        Runs = [.. members.Select(m => m.Link)],
        Overall = members.Count == 0 ? 0 : members.Average(m => m.Link.State is RunState.Succeeded ? 1 : m.Overall ?? 0),
    };
}

/// <summary>A run of a study, with what it is for.</summary>
internal sealed record StudyPart(string Key, RunView Run);
