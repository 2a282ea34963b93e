using System.Data.Common;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Data;
using DpoLab.Web.Runs;
using Microsoft.Data.Sqlite;

namespace DpoLab.Web.Compute;

/// <summary>Stores points by (series, step), and sums the touched buckets of every level up again from the level below: doing it twice changes nothing.</summary>
internal sealed class MetricIngest(DbConnection connection, DbTransaction transaction) : IDisposable
{
    private readonly IngestCommand series = new(connection, transaction, """
        INSERT INTO MetricSeries (RunId, Name, Unit, Count, FirstStep, LastStep) VALUES ($0, $1, $2, 0, 0, 0)
        ON CONFLICT (RunId, Name) DO UPDATE SET Unit = coalesce(excluded.Unit, Unit) RETURNING Id
        """, 3);

    private readonly IngestCommand point = new(connection, transaction, """
        INSERT INTO MetricPoints (SeriesId, Step, Value) VALUES ($0, $1, $2) ON CONFLICT (SeriesId, Step) DO UPDATE SET Value = excluded.Value
        """, 3);

    private readonly IngestCommand readPoints = new(connection, transaction, """
        SELECT Step, Value FROM MetricPoints WHERE SeriesId = $0 AND Step BETWEEN $1 AND $2 ORDER BY Step
        """, 3);

    private readonly IngestCommand readBuckets = new(connection, transaction, """
        SELECT Bucket, Count, FirstStep, LastStep, First, Last, Least, Greatest, Sum, Finite
        FROM MetricBuckets WHERE SeriesId = $0 AND Level = $1 AND Bucket BETWEEN $2 AND $3 ORDER BY Bucket
        """, 4);

    private readonly IngestCommand bucket = new(connection, transaction, """
        INSERT OR REPLACE INTO MetricBuckets (SeriesId, Level, Bucket, Count, FirstStep, LastStep, First, Last, Least, Greatest, Sum, Finite)
        VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        """, 12);

    private readonly IngestCommand summary = new(connection, transaction, """
        UPDATE MetricSeries SET (Count, FirstStep, LastStep, Least, Greatest) =
            (SELECT sum(Count), min(FirstStep), max(LastStep), min(Least), max(Greatest) FROM MetricBuckets WHERE SeriesId = $0 AND Level = $1),
            LastValue = (SELECT Last FROM MetricBuckets WHERE SeriesId = $0 AND Level = $1 ORDER BY Bucket DESC LIMIT 1)
        WHERE Id = $0
        """, 2);

    /// <summary>Stores the points of one run.</summary>
    public void Store(string runId, IEnumerable<MetricEvent> points)
    {
        foreach (IGrouping<string, MetricEvent> named in points.GroupBy(p => p.Name, StringComparer.Ordinal))
        {
            long id = series.Number(runId, named.Key, named.Select(p => p.Unit).FirstOrDefault(u => u is not null));
            foreach (MetricEvent p in named)
                point.Run(id, p.Step, double.IsFinite(p.Value) ? p.Value : null);
            SumUp(id, named.Min(p => p.Step), named.Max(p => p.Step));
            summary.Run(id, MetricQueries.Levels);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IngestCommand command in new[] { series, point, readPoints, readBuckets, bucket, summary })
            command.Dispose();
    }

    private void SumUp(long id, long firstStep, long lastStep)
    {
        for (int level = 1; level <= MetricQueries.Levels; level++)
        {
            long first = MetricBuckets.BucketOf(firstStep, level);
            long last = MetricBuckets.BucketOf(lastStep, level);
            // the children of those buckets: four points, or four buckets of the level below, each
            List<MetricBucketEntity> parts = Parts(id, level - 1, first << 2, (last << 2) + 3);
            foreach (MetricBucketEntity b in MetricBuckets.Raise(parts))
                bucket.Run(id, b.Level, b.Bucket, b.Count, b.FirstStep, b.LastStep, b.First, b.Last, b.Least, b.Greatest, b.Sum, b.Finite);
        }
    }

    private List<MetricBucketEntity> Parts(long id, int level, long first, long last)
    {
        var parts = new List<MetricBucketEntity>();
        using SqliteDataReader rows = level == 0 ? readPoints.Read(id, first, last) : readBuckets.Read(id, level, first, last);
        while (rows.Read())
            parts.Add(level == 0 ? MetricBuckets.OfPoint(id, rows.GetInt64(0), Number(rows, 1)) : ToBucket(rows, id, level));
        return parts;
    }

    private static MetricBucketEntity ToBucket(SqliteDataReader row, long id, int level) => new()
    {
        SeriesId = id,
        Level = level,
        Bucket = row.GetInt64(0),
        Count = row.GetInt64(1),
        FirstStep = row.GetInt64(2),
        LastStep = row.GetInt64(3),
        First = Number(row, 4),
        Last = Number(row, 5),
        Least = Number(row, 6),
        Greatest = Number(row, 7),
        Sum = row.GetDouble(8),
        Finite = row.GetInt64(9),
    };

    private static double? Number(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetDouble(column);
}
