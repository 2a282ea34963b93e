using Microsoft.AspNetCore.Identity;

namespace DpoLab.Web.Data;

/// <summary>A person with an account.</summary>
public sealed class LabUser : IdentityUser
{
    public string DisplayName { get; set; } = "";

    public Accounts.LabRole Role { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>What a share link shows.</summary>
public enum ShareTarget
{
    Study,
    Run,
}

/// <summary>A public read-only link. Its secret is kept as a hash, so a copy of the database opens nothing.</summary>
public sealed class ShareLinkEntity
{
    public int Id { get; init; }

    /// <summary>SHA-256 of the secret, hexadecimal.</summary>
    public required string SecretHash { get; init; }

    /// <summary>The secret's first characters, by which people recognise it in lists.</summary>
    public required string Beginning { get; init; }

    public required ShareTarget Target { get; init; }

    /// <summary>Id of the study or run.</summary>
    public required string TargetId { get; init; }

    public required string CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; set; }

    public DateTimeOffset? RevokedAt { get; set; }

    public long Opened { get; set; }

    public DateTimeOffset? LastOpenedAt { get; set; }
}

/// <summary>A run that a share link shows: fixed when the link is made, so that it does not drift.</summary>
public sealed class ShareLinkRunEntity
{
    public required int ShareLinkId { get; init; }

    public required string RunId { get; init; }
}

/// <summary>A token with which a notebook speaks to the API. Kept as a hash.</summary>
public sealed class ApiTokenEntity
{
    public int Id { get; init; }

    /// <summary>Null: the local user of a lab without accounts.</summary>
    public string? UserId { get; init; }

    public required string Name { get; init; }

    public required string TokenHash { get; init; }

    public required string Beginning { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; set; }

    public DateTimeOffset? LastUsedAt { get; set; }
}

/// <summary>Who changed what.</summary>
public sealed class AuditEntity
{
    public long Id { get; init; }

    public required DateTimeOffset Time { get; init; }

    public required string Who { get; init; }

    /// <summary>As <c>run.submit</c>, <c>share.revoke</c>.</summary>
    public required string Action { get; init; }

    /// <summary>Id of what was acted on.</summary>
    public required string Target { get; init; }

    public string? Detail { get; init; }
}
