using System.Security.Cryptography;
using System.Text;
using DpoLab.Web.Data;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;

namespace DpoLab.Web.Accounts;

/// <summary>How a lab with accounts gets its first person: a link that is printed at the start, works once, and only while there is nobody.</summary>
public sealed class FirstAdministrator(LabDatabase database, People people)
{
    private readonly string key = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(16));

    /// <summary>The link below the base address; null: there are people already.</summary>
    public async Task<string?> LinkAsync(CancellationToken cancellationToken = default) =>
        await database.ReadAsync(db => db.Users.AnyAsync(cancellationToken), cancellationToken) ? null : Urls.With(Urls.FirstAdministrator, ("key", key));

    /// <summary>Whether this is the key that was printed.</summary>
    public bool IsKey(string? shown) =>
        shown is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(shown), Encoding.UTF8.GetBytes(key));

    /// <summary>Makes the administrator; null: the key is wrong, or there is somebody already.</summary>
    /// <exception cref="InputRefusedException">The name or password cannot be used.</exception>
    public async Task<LabUser?> CreateAsync(string? shown, string name, string password) =>
        IsKey(shown) ? await people.CreateFirstAsync(name, password) : null;
}
