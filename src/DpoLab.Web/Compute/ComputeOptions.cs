namespace DpoLab.Web.Compute;

/// <summary>Where the compute service comes from.</summary>
public enum ComputeMode
{
    /// <summary>The lab starts and supervises one on the loopback address.</summary>
    Embedded,

    /// <summary>The lab connects to those in <see cref="ComputeOptions.Services"/>.</summary>
    Remote,
}

/// <summary>The <c>Compute</c> section of the configuration.</summary>
public sealed record ComputeOptions
{
    public ComputeMode Mode { get; init; } = ComputeMode.Embedded;

    /// <summary>Embedded: the executable; null: found beside the web server or in the build output of the checkout.</summary>
    public string? Executable { get; init; }

    /// <summary>Embedded: where runs and uploads are kept; null: <c>compute</c> below the lab's data folder.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Embedded: the name that it is shown under.</summary>
    public string Name { get; init; } = "this machine";

    /// <summary>Remote: the services.</summary>
    public IReadOnlyList<RemoteService> Services { get; init; } = [];
}

/// <summary>A compute service on another host.</summary>
public sealed record RemoteService
{
    public required string Name { get; init; }

    public required Uri Address { get; init; }

    public required string Token { get; init; }
}

/// <summary>Where a service answers, and what it wants to see.</summary>
public sealed record ComputeAddress(Uri Address, string Token);
