using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Runs;

namespace DpoLab.Web.Datasets;

/// <summary>A dataset that runs can read.</summary>
public sealed record DatasetView
{
    public required int Id { get; init; }

    public required string Name { get; init; }

    public required DatasetKind Kind { get; init; }

    public required string Service { get; init; }

    /// <summary>What a run's spec says to read it.</summary>
    public required DatasetRef Ref { get; init; }

    /// <summary>Counts, columns and the first records.</summary>
    public required DatasetReport Report { get; init; }

    public string Licence { get; init; } = "";

    public required string AddedBy { get; init; }

    public required DateTimeOffset AddedAt { get; init; }
}

/// <summary>What adding a dataset came to.</summary>
/// <param name="Id">Null: it was not added, because of <see cref="DatasetReport.Problem"/>.</param>
/// <param name="Report">What the file holds, or the row and column of its first bad record.</param>
public sealed record DatasetAddition(int? Id, DatasetReport Report);

/// <summary>A dataset to add.</summary>
public sealed record NewDataset
{
    /// <summary>Null: the file's name.</summary>
    public string? Name { get; init; }

    public required DatasetKind Kind { get; init; }

    /// <summary>Role to column; null: recognised by usual names.</summary>
    public IReadOnlyDictionary<string, string>? Columns { get; init; }

    public string Licence { get; init; } = "";

    /// <summary>Null: the first compute service.</summary>
    public string? Service { get; init; }
}
