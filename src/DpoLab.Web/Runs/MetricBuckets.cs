using DpoLab.Web.Data;

namespace DpoLab.Web.Runs;

/// <summary>How neighbouring steps are summed up: four points to a bucket of level 1, four buckets of a level to one of the next.</summary>
internal static class MetricBuckets
{
    /// <summary>step / 4^level, rounded down also below zero.</summary>
    public static long BucketOf(long step, int level) => step >> (2 * level);

    /// <summary>First step of a bucket.</summary>
    public static long FirstStepOf(long bucket, int level) => bucket << (2 * level);

    /// <summary>A point as the finest bucket of all.</summary>
    public static MetricBucketEntity OfPoint(long series, long step, double? value) => new()
    {
        SeriesId = series,
        Level = 0,
        Bucket = step,
        Count = 1,
        FirstStep = step,
        LastStep = step,
        First = value,
        Last = value,
        Least = value,
        Greatest = value,
        Sum = value ?? 0,
        Finite = value.HasValue ? 1 : 0,
    };

    /// <summary>Sums up the parts, in order of steps, into the buckets of the next level.</summary>
    public static IEnumerable<MetricBucketEntity> Raise(IEnumerable<MetricBucketEntity> parts) =>
        parts.GroupBy(p => p.Bucket >> 2).Select(Sum);

    private static MetricBucketEntity Sum(IGrouping<long, MetricBucketEntity> parts)
    {
        MetricBucketEntity first = parts.First();
        MetricBucketEntity last = parts.Last();
        return new MetricBucketEntity
        {
            SeriesId = first.SeriesId,
            Level = first.Level + 1,
            Bucket = parts.Key,
            Count = parts.Sum(p => p.Count),
            FirstStep = first.FirstStep,
            LastStep = last.LastStep,
            First = first.First,
            Last = last.Last,
            Least = parts.Min(p => p.Least),
            Greatest = parts.Max(p => p.Greatest),
            Sum = parts.Sum(p => p.Sum),
            Finite = parts.Sum(p => p.Finite),
        };
    }
}
