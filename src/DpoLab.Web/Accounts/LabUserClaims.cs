using System.Security.Claims;
using DpoLab.Web.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace DpoLab.Web.Accounts;

/// <summary>Gives the cookie the display name and role.</summary>
internal sealed class LabUserClaims(UserManager<LabUser> users, IOptions<IdentityOptions> options) : UserClaimsPrincipalFactory<LabUser>(users, options)
{
    /// <inheritdoc/>
    protected override async Task<ClaimsIdentity> GenerateClaimsAsync(LabUser user)
    {
        ClaimsIdentity identity = await base.GenerateClaimsAsync(user);
        identity.AddClaim(new Claim(ClaimTypes.Role, user.Role.ToString()));
        return identity;
    }
}
