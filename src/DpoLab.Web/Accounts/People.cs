using DpoLab.Contracts.Runs;
using DpoLab.Web.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;

namespace DpoLab.Web.Accounts;

/// <summary>A person in a list.</summary>
public sealed record PersonView(string Id, string Name, LabRole Role, DateTimeOffset CreatedAt, bool HasPassword);

/// <summary>The people of a lab with accounts. Passwords are hashed by ASP.NET Core Identity.</summary>
public sealed class People(IServiceScopeFactory scopes, LabDatabase database)
{
    /// <summary>Everyone, by name.</summary>
    public Task<IReadOnlyList<PersonView>> ListAsync(Actor by, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(by);
        by.Demand(LabRole.Admin);
        return database.ReadAsync<IReadOnlyList<PersonView>>(
            async db => await db.Users.OrderBy(u => u.UserName)
                .Select(u => new PersonView(u.Id, u.UserName!, u.Role, u.CreatedAt, u.PasswordHash != null)).ToListAsync(cancellationToken),
            cancellationToken);
    }

    /// <summary>Makes an account without password, and the link by which its person sets one; the link works for a day.</summary>
    /// <returns>The link, below the base address.</returns>
    public async Task<string> InviteAsync(string name, LabRole role, Actor by)
    {
        ArgumentNullException.ThrowIfNull(by);
        by.Demand(LabRole.Admin);
        await using AsyncServiceScope scope = scopes.CreateAsyncScope();
        UserManager<LabUser> users = scope.ServiceProvider.GetRequiredService<UserManager<LabUser>>();
        LabUser user = New(name, role);
        Check(await users.CreateAsync(user));
        await database.WriteAsync(db =>
        {
            AuditTrail.Add(db, by, "person.invite", name, role.ToString());
            return Task.CompletedTask;
        });
        string token = await users.GeneratePasswordResetTokenAsync(user);
        return Urls.Join(user.Id, WebEncoders.Base64UrlEncode(System.Text.Encoding.UTF8.GetBytes(token)));
    }

    /// <summary>Sets the password of an invited person. False: the link is used up, expired or wrong.</summary>
    /// <exception cref="InputRefusedException">The password is too short or too plain.</exception>
    public async Task<LabUser?> JoinAsync(string userId, string token, string password)
    {
        await using AsyncServiceScope scope = scopes.CreateAsyncScope();
        UserManager<LabUser> users = scope.ServiceProvider.GetRequiredService<UserManager<LabUser>>();
        if (await users.FindByIdAsync(userId) is not { } user)
            return null;
        IdentityResult result = await users.ResetPasswordAsync(user, System.Text.Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(token)), password);
        if (result.Errors.Any(e => e.Code == nameof(IdentityErrorDescriber.InvalidToken)))
            return null;
        Check(result);
        return user;
    }

    /// <summary>Changes what a person may do.</summary>
    public Task SetRoleAsync(string userId, LabRole role, Actor by) => ChangeAsync(userId, by, "person.role", async (users, user) =>
    {
        await KeepOneAdministratorAsync(users, user);
        user.Role = role;
        Check(await users.UpdateAsync(user));
        Check(await users.UpdateSecurityStampAsync(user));
    });

    /// <summary>Takes a person's account away; what they did stays.</summary>
    public Task RemoveAsync(string userId, Actor by) => ChangeAsync(userId, by, "person.remove", async (users, user) =>
    {
        await KeepOneAdministratorAsync(users, user);
        Check(await users.DeleteAsync(user));
    });

    /// <summary>Makes the first administrator, unless there is somebody already.</summary>
    internal async Task<LabUser?> CreateFirstAsync(string name, string password)
    {
        await using AsyncServiceScope scope = scopes.CreateAsyncScope();
        UserManager<LabUser> users = scope.ServiceProvider.GetRequiredService<UserManager<LabUser>>();
        if (await users.Users.AnyAsync())
            return null;
        LabUser user = New(name, LabRole.Admin);
        Check(await users.CreateAsync(user, password));
        return user;
    }

    private async Task ChangeAsync(string userId, Actor by, string action, Func<UserManager<LabUser>, LabUser, Task> change)
    {
        by.Demand(LabRole.Admin);
        await using AsyncServiceScope scope = scopes.CreateAsyncScope();
        UserManager<LabUser> users = scope.ServiceProvider.GetRequiredService<UserManager<LabUser>>();
        LabUser user = await users.FindByIdAsync(userId) ?? throw new NotFoundException("There is no such person.");
        await change(users, user);
        await database.WriteAsync(db =>
        {
            AuditTrail.Add(db, by, action, user.UserName!);
            return Task.CompletedTask;
        });
    }

    private static async Task KeepOneAdministratorAsync(UserManager<LabUser> users, LabUser user)
    {
        if (user.Role is LabRole.Admin && !await users.Users.AnyAsync(u => u.Role == LabRole.Admin && u.Id != user.Id))
            throw new InputRefusedException("role", $"{user.UserName} is the only administrator. Make another one first.");
    }

    private static LabUser New(string name, LabRole role) => new()
    {
        UserName = name.Trim(),
        DisplayName = name.Trim(),
        Role = role,
        CreatedAt = DateTimeOffset.UtcNow,
    };

    private static void Check(IdentityResult result)
    {
        if (!result.Succeeded)
        {
            throw new InputRefusedException([.. result.Errors.Select(e =>
                new FieldError(e.Code.Contains("Password", StringComparison.Ordinal) ? "password" : "name", e.Description))]);
        }
    }
}
