namespace DpoLab.Web.Accounts;

/// <summary>Names of the authorization policies: pages say <c>[Authorize(Policy = Policies.Look)]</c>.</summary>
public static class Policies
{
    /// <summary>Any signed-in person.</summary>
    public const string Look = "look";

    /// <summary>Researchers and administrators.</summary>
    public const string Research = "research";

    /// <summary>Administrators.</summary>
    public const string Administer = "administer";
}
