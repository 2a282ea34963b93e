using System.Reflection;
using Microsoft.AspNetCore.Authorization;

namespace DpoLab.Web.Accounts;

/// <summary>Who may open which page, also within a circuit, where no request is made that the server's authorization would see.</summary>
internal static class PageAccess
{
    /// <summary>A page says <see cref="AllowAnonymousAttribute"/> or a policy of <see cref="Policies"/>; one that says nothing is for those who may look.</summary>
    public static bool MayOpen(Type page, Actor? actor)
    {
        if (page.GetCustomAttribute<AllowAnonymousAttribute>(inherit: true) is not null)
            return true;
        LabRole least = page.GetCustomAttributes<AuthorizeAttribute>(inherit: true).Select(a => RoleOf(a.Policy)).DefaultIfEmpty(LabRole.Viewer).Max();
        return actor is not null && actor.Role >= least;
    }

    private static LabRole RoleOf(string? policy) => policy switch
    {
        null or Policies.Look => LabRole.Viewer,
        Policies.Research => LabRole.Researcher,
        Policies.Administer => LabRole.Admin,
        _ => throw new ArgumentException($"No page may ask for the policy '{policy}'.", nameof(policy)),
    };
}
