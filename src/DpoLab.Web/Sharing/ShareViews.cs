using DpoLab.Web.Data;

namespace DpoLab.Web.Sharing;

/// <summary>A share link in a list. Its secret is shown once, when it is made.</summary>
public sealed record ShareLinkView(
    int Id, ShareTarget Target, string TargetId, string Title, string Beginning, string CreatedBy, DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, long Opened, DateTimeOffset? LastOpenedAt)
{
    /// <summary>Whether it still opens.</summary>
    public bool IsOpen => RevokedAt is null && (ExpiresAt is null || ExpiresAt > DateTimeOffset.UtcNow);
}

/// <summary>A link that was just made.</summary>
/// <param name="Id">By which it can be revoked.</param>
/// <param name="Secret">128 bits, 22 characters; never shown again.</param>
/// <param name="Path">Below the base address.</param>
public sealed record NewShareLink(int Id, string Secret, string Path);

/// <summary>What an open link shows: this and nothing else.</summary>
public sealed record SharedScope(int LinkId, ShareTarget Target, string TargetId, IReadOnlyList<string> Runs)
{
    /// <summary>Whether a run is among those that the link was made for.</summary>
    public bool Allows(string runId) => Runs.Contains(runId, StringComparer.Ordinal);

    /// <summary>Refuses a run that the link does not show.</summary>
    /// <exception cref="NotFoundException">As if it did not exist.</exception>
    public void Demand(string runId)
    {
        if (!Allows(runId))
            throw new NotFoundException("This link does not show that run.");
    }
}
