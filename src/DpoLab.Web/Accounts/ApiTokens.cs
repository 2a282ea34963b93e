using System.Security.Cryptography;
using System.Text;
using DpoLab.Web.Data;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;

namespace DpoLab.Web.Accounts;

/// <summary>A personal token in a list.</summary>
public sealed record ApiTokenView(int Id, string Name, string Beginning, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, DateTimeOffset? LastUsedAt);

/// <summary>A token that was just made; it is never shown again.</summary>
public sealed record NewApiToken(int Id, string Token);

/// <summary>Personal tokens with which notebooks speak to the API: they may what their person may.</summary>
public sealed class ApiTokens(LabDatabase database)
{
    private const string Mark = "dpolab_";

    /// <summary>Makes a token for the person who asks.</summary>
    public async Task<NewApiToken> CreateAsync(string name, Actor by, DateTimeOffset? expiresAt = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(by);
        if (string.IsNullOrWhiteSpace(name))
            throw new InputRefusedException("name", "The name is empty. Enter one, by which you will know the token.");
        string token = Mark + WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(24));
        int id = await database.WriteAsync(
            async db =>
            {
                var entity = new ApiTokenEntity
                {
                    UserId = by.UserId,
                    Name = name.Trim(),
                    TokenHash = Hash(token),
                    Beginning = token[..(Mark.Length + 4)],
                    CreatedAt = DateTimeOffset.UtcNow,
                    ExpiresAt = expiresAt,
                };
                db.ApiTokens.Add(entity);
                AuditTrail.Add(db, by, "token.create", name);
                await db.SaveChangesAsync(cancellationToken);
                return entity.Id;
            },
            cancellationToken);
        return new NewApiToken(id, token);
    }

    /// <summary>The tokens of the person who asks.</summary>
    public Task<IReadOnlyList<ApiTokenView>> ListAsync(Actor by, CancellationToken cancellationToken = default) => database.ReadAsync<IReadOnlyList<ApiTokenView>>(
        async db => await db.ApiTokens.Where(t => t.UserId == by.UserId).OrderByDescending(t => t.CreatedAt)
            .Select(t => new ApiTokenView(t.Id, t.Name, t.Beginning, t.CreatedAt, t.ExpiresAt, t.RevokedAt, t.LastUsedAt)).ToListAsync(cancellationToken),
        cancellationToken);

    /// <summary>Closes a token at once. People close their own, administrators any.</summary>
    public Task RevokeAsync(int id, Actor by, CancellationToken cancellationToken = default) => database.WriteAsync(
        async db =>
        {
            ApiTokenEntity token = await db.ApiTokens.FirstOrDefaultAsync(t => t.Id == id, cancellationToken) ?? throw new NotFoundException($"There is no token {id}.");
            if (token.UserId != by.UserId)
                by.Demand(LabRole.Admin);
            token.RevokedAt ??= DateTimeOffset.UtcNow;
            AuditTrail.Add(db, by, "token.revoke", token.Name);
        },
        cancellationToken);

    /// <summary>The person that a token stands for; null: none.</summary>
    internal async Task<Actor?> FindAsync(string token, CancellationToken cancellationToken)
    {
        string hash = Hash(token);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        (ApiTokenEntity? found, LabUser? user) = await database.ReadAsync(
            async db =>
            {
                ApiTokenEntity? t = await db.ApiTokens.FirstOrDefaultAsync(
                    x => x.TokenHash == hash && x.RevokedAt == null && (x.ExpiresAt == null || x.ExpiresAt > now), cancellationToken);
                return (t, t?.UserId is null ? null : await db.Users.FirstOrDefaultAsync(u => u.Id == t.UserId, cancellationToken));
            },
            cancellationToken);
        if (found is null || (found.UserId is not null && (user is null || user.LockoutEnd > now)))
            return null;
        // once a minute is enough to say when it was last used, and spares a write a request
        if (found.LastUsedAt is null || now - found.LastUsedAt > TimeSpan.FromMinutes(1))
        {
            await database.WriteAsync(
                db => db.ApiTokens.Where(t => t.Id == found.Id).ExecuteUpdateAsync(set => set.SetProperty(t => t.LastUsedAt, now), cancellationToken), cancellationToken);
        }

        return user is null ? Actor.Local : new Actor(user.DisplayName, user.Role, user.Id);
    }

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
