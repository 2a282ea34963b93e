namespace DpoLab.Web.Accounts;

/// <summary>What a person may do; each role may all that the one before may.</summary>
public enum LabRole
{
    /// <summary>Looks at everything.</summary>
    Viewer,

    /// <summary>Also starts, cancels and shares.</summary>
    Researcher,

    /// <summary>Also manages people, tokens and links of others.</summary>
    Admin,
}

/// <summary>Who asks for a change. Commands check the role themselves, whatever page or endpoint called them.</summary>
/// <param name="Name">Shown beside what was done.</param>
/// <param name="Role">What the person may do.</param>
/// <param name="UserId">Null: the local user of a lab without accounts.</param>
public sealed record Actor(string Name, LabRole Role, string? UserId = null)
{
    /// <summary>The user of a lab on the loopback address without accounts.</summary>
    public static Actor Local { get; } = new("you", LabRole.Admin);

    /// <summary>Refuses what this person may not do.</summary>
    /// <exception cref="NotAllowedException">The role does not suffice.</exception>
    public void Demand(LabRole least)
    {
        if (Role < least)
            throw new NotAllowedException($"{Name} is signed in as {Role.ToString().ToLowerInvariant()}; this needs {least.ToString().ToLowerInvariant()}. Ask an administrator.");
    }
}

/// <summary>Someone asked for what they may not do.</summary>
public sealed class NotAllowedException(string message) : Exception(message);
