namespace DpoLab.Web.Data;

/// <summary>One curve of a run, with what lists show of it.</summary>
public sealed class MetricSeriesEntity
{
    public long Id { get; init; }

    public required string RunId { get; init; }

    /// <summary>As <c>train/loss</c>.</summary>
    public required string Name { get; init; }

    public string? Unit { get; set; }

    /// <summary>Points stored.</summary>
    public long Count { get; set; }

    public long FirstStep { get; set; }

    public long LastStep { get; set; }

    /// <summary>Null: not a finite number.</summary>
    public double? LastValue { get; set; }

    public double? Least { get; set; }

    public double? Greatest { get; set; }
}

/// <summary>One exact point of a curve.</summary>
public sealed class MetricPointEntity
{
    public required long SeriesId { get; init; }

    public required long Step { get; init; }

    /// <summary>Null: not a finite number, which SQLite cannot hold.</summary>
    public double? Value { get; set; }
}

/// <summary>4^level neighbouring steps of a curve summed up, kept while points arrive so that a long curve is drawn from few rows.</summary>
public sealed class MetricBucketEntity
{
    public required long SeriesId { get; init; }

    /// <summary>From 1; a bucket covers 4^level steps.</summary>
    public required int Level { get; init; }

    /// <summary>step / 4^level.</summary>
    public required long Bucket { get; init; }

    /// <summary>Points, finite or not.</summary>
    public long Count { get; set; }

    public long FirstStep { get; set; }

    public long LastStep { get; set; }

    public double? First { get; set; }

    public double? Last { get; set; }

    public double? Least { get; set; }

    public double? Greatest { get; set; }

    /// <summary>Sum of the finite values; the mean is this over <see cref="Finite"/>.</summary>
    public double Sum { get; set; }

    /// <summary>Finite points.</summary>
    public long Finite { get; set; }
}
