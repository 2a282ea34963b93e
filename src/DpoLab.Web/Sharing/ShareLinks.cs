using System.Security.Cryptography;
using System.Text;
using DpoLab.Web.Accounts;
using DpoLab.Web.Data;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;

namespace DpoLab.Web.Sharing;

/// <summary>Public read-only links to a study or run.</summary>
public sealed class ShareLinks(LabDatabase database)
{
    private const int SecretBytes = 16;

    /// <summary>Makes a link to what is there now: runs that are added to a study later are not shown by it.</summary>
    /// <exception cref="NotFoundException">There is no such study or run.</exception>
    public async Task<NewShareLink> CreateAsync(
        ShareTarget target, string targetId, Actor by, DateTimeOffset? expiresAt = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(by);
        by.Demand(LabRole.Researcher);
        if (expiresAt <= DateTimeOffset.UtcNow)
            throw new InputRefusedException("expiresAt", "The end lies in the past. Choose a later time, or none.");
        string secret = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(SecretBytes));
        int id = await database.WriteAsync(
            async db =>
            {
                IReadOnlyList<string> runs = await RunsOfAsync(db, target, targetId, cancellationToken);
                var link = new ShareLinkEntity
                {
                    SecretHash = Hash(secret),
                    Beginning = secret[..4],
                    Target = target,
                    TargetId = targetId,
                    CreatedBy = by.Name,
                    CreatedAt = DateTimeOffset.UtcNow,
                    ExpiresAt = expiresAt,
                };
                db.ShareLinks.Add(link);
                AuditTrail.Add(db, by, "share.create", targetId, expiresAt?.ToString("O"));
                await db.SaveChangesAsync(cancellationToken);
                db.ShareLinkRuns.AddRange(runs.Select(run => new ShareLinkRunEntity { ShareLinkId = link.Id, RunId = run }));
                return link.Id;
            },
            cancellationToken);
        return new NewShareLink(id, secret, Urls.Shared(secret));
    }

    /// <summary>Links to one thing, or all of them, newest first.</summary>
    public Task<IReadOnlyList<ShareLinkView>> ListAsync(Actor by, string? targetId = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(by);
        by.Demand(LabRole.Researcher);
        return database.ReadAsync<IReadOnlyList<ShareLinkView>>(
            async db =>
            {
                var links = await db.ShareLinks.Where(l => targetId == null || l.TargetId == targetId).OrderByDescending(l => l.CreatedAt).ToListAsync(cancellationToken);
                string[] ids = [.. links.Select(l => l.TargetId).Distinct(StringComparer.Ordinal)];
                Dictionary<string, string> titles = await db.Runs.Where(r => ids.Contains(r.Id)).Select(r => new { r.Id, Title = r.Name })
                    .Concat(db.Studies.Where(s => ids.Contains(s.Id)).Select(s => new { s.Id, Title = s.Question }))
                    .ToDictionaryAsync(t => t.Id, t => t.Title, cancellationToken);
                return [.. links.Select(l => new ShareLinkView(
                    l.Id, l.Target, l.TargetId, titles.GetValueOrDefault(l.TargetId, l.TargetId), l.Beginning, l.CreatedBy, l.CreatedAt,
                    l.ExpiresAt, l.RevokedAt, l.Opened, l.LastOpenedAt))];
            },
            cancellationToken);
    }

    /// <summary>Closes a link at once. People close their own, administrators any.</summary>
    public async Task RevokeAsync(int id, Actor by, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(by);
        by.Demand(LabRole.Researcher);
        await database.WriteAsync(
            async db =>
            {
                ShareLinkEntity link = await db.ShareLinks.FirstOrDefaultAsync(l => l.Id == id, cancellationToken)
                    ?? throw new NotFoundException($"There is no share link {id}.");
                if (link.CreatedBy != by.Name)
                    by.Demand(LabRole.Admin);
                link.RevokedAt ??= DateTimeOffset.UtcNow;
                AuditTrail.Add(db, by, "share.revoke", link.TargetId);
            },
            cancellationToken);
    }

    /// <summary>What a secret opens; null: nothing (unknown, expired or revoked). <paramref name="count"/>: this is a visit, not a further request of one.</summary>
    public async Task<SharedScope?> OpenAsync(string? secret, bool count = true, CancellationToken cancellationToken = default)
    {
        if (string.IsNullOrEmpty(secret))
            return null;
        string hash = Hash(secret);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        SharedScope? scope = await database.ReadAsync(
            async db => await db.ShareLinks.FirstOrDefaultAsync(
                l => l.SecretHash == hash && l.RevokedAt == null && (l.ExpiresAt == null || l.ExpiresAt > now), cancellationToken) is { } link
                ? new SharedScope(link.Id, link.Target, link.TargetId, await db.ShareLinkRuns.Where(r => r.ShareLinkId == link.Id).Select(r => r.RunId).ToListAsync(cancellationToken))
                : null,
            cancellationToken);
        if (scope is not null && count)
        {
            await database.WriteAsync(
                db => db.ShareLinks.Where(l => l.Id == scope.LinkId).ExecuteUpdateAsync(
                    set => set.SetProperty(l => l.Opened, l => l.Opened + 1).SetProperty(l => l.LastOpenedAt, now), cancellationToken),
                cancellationToken);
        }

        return scope;
    }

    private static async Task<IReadOnlyList<string>> RunsOfAsync(LabDbContext db, ShareTarget target, string id, CancellationToken cancellationToken)
    {
        if (target is ShareTarget.Run)
            return await db.Runs.AnyAsync(r => r.Id == id, cancellationToken) ? [id] : throw Runs.RunCommands.Missing(id);
        if (!await db.Studies.AnyAsync(s => s.Id == id, cancellationToken))
            throw new NotFoundException($"There is no study {id}.");
        return await db.StudyNodes.Where(n => n.StudyId == id).OrderBy(n => n.Position).Select(n => n.RunId).ToListAsync(cancellationToken);
    }

    private static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
