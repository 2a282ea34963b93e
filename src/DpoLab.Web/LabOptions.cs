namespace DpoLab.Web;

/// <summary>The <c>Lab</c> section of the configuration.</summary>
public sealed record LabOptions
{
    /// <summary>Where the database, keys and the embedded compute service's runs are kept; null: <c>lab-data</c> below the working directory.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>People sign in. Needed on any address but the loopback one.</summary>
    public bool Accounts { get; init; }

    /// <summary>The data folder as an absolute path.</summary>
    public string DataPath => Path.GetFullPath(DataDirectory ?? "lab-data");

    /// <summary>The database file.</summary>
    public string DatabaseFile => Path.Combine(DataPath, "lab.db");
}
