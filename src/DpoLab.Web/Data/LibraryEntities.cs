using DpoLab.Contracts.Runs;

namespace DpoLab.Web.Data;

/// <summary>A model or scorer folder on a compute host.</summary>
public sealed class ModelEntity
{
    public int Id { get; init; }

    public required string Name { get; set; }

    /// <summary>The compute service whose host holds it.</summary>
    public required string Service { get; init; }

    /// <summary>Absolute path on that host.</summary>
    public required string Path { get; init; }

    /// <summary><c>decoder</c> or <c>classifier</c>.</summary>
    public required string Role { get; set; }

    public required string Digest { get; set; }

    /// <summary>JSON of the compute service's report on the folder.</summary>
    public required string ReportJson { get; set; }

    /// <summary>The model that this one was tuned from, if people linked them.</summary>
    public int? BaseModelId { get; set; }

    public string Note { get; set; } = "";

    public required string AddedBy { get; init; }

    public required DateTimeOffset AddedAt { get; init; }
}

/// <summary>A dataset on a compute host or uploaded to it.</summary>
public sealed class DatasetEntity
{
    public int Id { get; init; }

    public required string Name { get; set; }

    public required DatasetKind Kind { get; init; }

    public required string Service { get; init; }

    /// <summary><see cref="InputSource.Path"/> or <see cref="InputSource.Upload"/>.</summary>
    public required InputSource Source { get; init; }

    /// <summary>Path on the host, or SHA-256 of the upload.</summary>
    public required string Location { get; init; }

    public required string Digest { get; set; }

    public required int Records { get; set; }

    public required long Bytes { get; set; }

    /// <summary>JSON object, role to column.</summary>
    public required string ColumnsJson { get; set; }

    /// <summary>JSON of the compute service's report on the file.</summary>
    public required string ReportJson { get; set; }

    public string Licence { get; set; } = "";

    public required string AddedBy { get; init; }

    public required DateTimeOffset AddedAt { get; init; }
}

/// <summary>A question, with the runs that answer it.</summary>
public sealed class StudyEntity
{
    /// <summary>As <c>s-7k2m9x4q</c>.</summary>
    public required string Id { get; init; }

    public required string Question { get; set; }

    /// <summary>Markdown.</summary>
    public string Notes { get; set; } = "";

    /// <summary>The template it was made from; null: put together by hand.</summary>
    public string? Template { get; init; }

    /// <summary>JSON of the template's inputs.</summary>
    public string? InputsJson { get; init; }

    public Protocol Protocol { get; init; }

    public bool Archived { get; set; }

    public required string CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ChangedAt { get; set; }
}

/// <summary>A run's place in a study's graph.</summary>
public sealed class StudyNodeEntity
{
    public required string StudyId { get; init; }

    public required string RunId { get; init; }

    /// <summary>What the run is for in its study: <c>reference</c>, <c>patch</c>, …; unique in the study.</summary>
    public required string Key { get; init; }

    /// <summary>Order within the study.</summary>
    public required int Position { get; init; }
}
