using DpoLab.Web.Data;
using DpoLab.Web.Live;
using Microsoft.EntityFrameworkCore;

namespace DpoLab.Web.Runs;

/// <summary>Curves, read from the buckets that ingest keeps, so that a long run draws as fast as a short one.</summary>
public sealed class MetricQueries(LabDatabase database, SignalledCache cache)
{
    /// <summary>Most points of a curve that is drawn.</summary>
    public const int MostPoints = 600;

    /// <summary>Number of levels: 4^10 steps a bucket is the coarsest.</summary>
    internal const int Levels = 10;

    /// <summary>The curves of a run with their last values, by name.</summary>
    public Task<IReadOnlyList<SeriesSummary>> SeriesAsync(string runId) =>
        cache.GetAsync(Topics.Run(runId), "series/" + runId, () => database.ReadAsync<IReadOnlyList<SeriesSummary>>(async db =>
            [.. (await db.MetricSeries.Where(s => s.RunId == runId).OrderBy(s => s.Name).ToListAsync()).Select(RunViews.ToSummary)]));

    /// <summary>
    /// These curves between two steps (null: the ends), exact where at most <see cref="MostPoints"/> points lie in the range, otherwise summed up.
    /// Kept until the run changes, for all its viewers together.
    /// </summary>
    public Task<IReadOnlyList<Curve>> CurvesAsync(string runId, IReadOnlyCollection<string> names, long? from = null, long? to = null)
    {
        ArgumentNullException.ThrowIfNull(names);
        string key = $"curves/{runId}/{from}/{to}/{string.Join('|', names.Order(StringComparer.Ordinal))}";
        return cache.GetAsync(Topics.Run(runId), key, () => database.ReadAsync(db => ReadAsync(db, runId, names, from ?? long.MinValue, to ?? long.MaxValue)));
    }

    /// <summary>Every exact point of a run, or of one curve, for CSV; streamed.</summary>
    public async Task ExportAsync(string runId, string? name, Func<ExactPoint, Task> write, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(write);
        await database.ReadAsync(
            async db =>
            {
                var points = db.MetricSeries.Where(s => s.RunId == runId && (name == null || s.Name == name)).OrderBy(s => s.Name)
                    .Join(db.MetricPoints, s => s.Id, p => p.SeriesId, (s, p) => new { s.Name, p.Step, p.Value })
                    .OrderBy(p => p.Name).ThenBy(p => p.Step);
                await foreach (var point in points.AsAsyncEnumerable().WithCancellation(cancellationToken))
                    await write(new ExactPoint(point.Name, point.Step, point.Value ?? double.NaN));
                return true;
            },
            cancellationToken);
    }

    private static async Task<IReadOnlyList<Curve>> ReadAsync(LabDbContext db, string runId, IReadOnlyCollection<string> names, long from, long to)
    {
        List<MetricSeriesEntity> found = await db.MetricSeries.Where(s => s.RunId == runId && names.Contains(s.Name)).OrderBy(s => s.Name).ToListAsync();
        var curves = new List<Curve>(found.Count);
        foreach (MetricSeriesEntity series in found)
        {
            int level = await LevelAsync(db, series, from, to);
            IReadOnlyList<CurvePoint> points = level == 0
                ? await PointsAsync(db, series.Id, from, to)
                : await BucketsAsync(db, series.Id, level, from, to);
            curves.Add(new Curve(series.Name, series.Unit, level == 0, series.Count, points));
        }

        return curves;
    }

    /// <summary>The finest level with at most <see cref="MostPoints"/> rows in the range; 0: the points themselves.</summary>
    private static async Task<int> LevelAsync(LabDbContext db, MetricSeriesEntity series, long from, long to)
    {
        if (series.Count <= MostPoints)
            return 0;
        int level = Guess(series, from, to);
        while (level < Levels && await CountAsync(db, series.Id, level, from, to) > MostPoints)
            level++;
        while (level > 0 && await CountAsync(db, series.Id, level - 1, from, to) <= MostPoints)
            level--;
        return level;
    }

    /// <summary>The level that would be right if the points lay evenly: it mostly is, which spares counting all the others.</summary>
    private static int Guess(MetricSeriesEntity series, long from, long to)
    {
        double steps = series.LastStep - series.FirstStep + 1.0;
        double shown = Math.Min(to, series.LastStep) - (double)Math.Max(from, series.FirstStep) + 1;
        double points = series.Count * Math.Clamp(shown / steps, 0, 1);
        int level = 0;
        while (level < Levels && points > MostPoints)
        {
            points /= 4;
            level++;
        }

        return level;
    }

    private static Task<int> CountAsync(LabDbContext db, long series, int level, long from, long to) => level == 0
        ? db.MetricPoints.Where(p => p.SeriesId == series && p.Step >= from && p.Step <= to).Take(MostPoints + 1).CountAsync()
        : Range(db, series, level, from, to).Take(MostPoints + 1).CountAsync();

    private static IQueryable<MetricBucketEntity> Range(LabDbContext db, long series, int level, long from, long to)
    {
        long low = MetricBuckets.BucketOf(from, level);
        long high = MetricBuckets.BucketOf(to, level);
        return db.MetricBuckets.Where(b => b.SeriesId == series && b.Level == level && b.Bucket >= low && b.Bucket <= high);
    }

    private static async Task<IReadOnlyList<CurvePoint>> PointsAsync(LabDbContext db, long series, long from, long to) =>
        [.. (await db.MetricPoints.Where(p => p.SeriesId == series && p.Step >= from && p.Step <= to).OrderBy(p => p.Step).ToListAsync())
            .Select(p => Exactly(p.Step, p.Value ?? double.NaN))];

    private static CurvePoint Exactly(long step, double value) => new(step, value, value, value, 1);

    private static async Task<IReadOnlyList<CurvePoint>> BucketsAsync(LabDbContext db, long series, int level, long from, long to) =>
        [.. (await Range(db, series, level, from, to).OrderBy(b => b.Bucket).ToListAsync()).Select(b => new CurvePoint(
            b.LastStep, b.Finite > 0 ? b.Sum / b.Finite : double.NaN, b.Least ?? double.NaN, b.Greatest ?? double.NaN, b.Count))];
}

/// <summary>A stored point.</summary>
public readonly record struct ExactPoint(string Name, long Step, double Value);
