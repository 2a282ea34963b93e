using DpoLab.Web.Runs;

namespace DpoLab.Web.Charts;

/// <summary>Points of a curve as arrays; what is not finite becomes a gap.</summary>
internal sealed record CurveParts(
    IReadOnlyList<double> X, IReadOnlyList<double?> Y, IReadOnlyList<double?> Low, IReadOnlyList<double?> High, IReadOnlyList<long> Counts)
{
    public static CurveParts Of(IReadOnlyList<CurvePoint> points) => new(
        [.. points.Select(p => (double)p.Step)],
        [.. points.Select(p => Finite(p.Value))],
        [.. points.Select(p => Finite(p.Low))],
        [.. points.Select(p => Finite(p.High))],
        [.. points.Select(p => p.Count)]);

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}

/// <summary>What has to be sent so that a drawn curve becomes its newer self: only its end, while a run goes on.</summary>
internal static class CurveTails
{
    /// <summary>One tail for every curve that changed. A curve that was summed up anew is sent whole.</summary>
    public static IReadOnlyList<CurveTail> Between(IReadOnlyList<Curve?> drawn, IReadOnlyList<Curve?> now)
    {
        var tails = new List<CurveTail>();
        for (int i = 0; i < now.Count; i++)
        {
            if (now[i] is { } curve && !ReferenceEquals(drawn[i], curve) && Tail(i, drawn[i], curve) is { } tail)
                tails.Add(tail);
        }

        return tails;
    }

    private static CurveTail? Tail(int series, Curve? drawn, Curve now)
    {
        int same = drawn is null || drawn.Exact != now.Exact ? 0 : Common(drawn.Points, now.Points);
        if (same == now.Points.Count && drawn?.Points.Count == same)
            return null;
        var parts = CurveParts.Of([.. now.Points.Skip(same)]);
        return new CurveTail
        {
            Series = series,
            From = same,
            X = parts.X,
            Y = parts.Y,
            Exact = now.Exact,
            Low = now.Exact ? null : parts.Low,
            High = now.Exact ? null : parts.High,
            Counts = now.Exact ? null : parts.Counts,
        };
    }

    private static int Common(IReadOnlyList<CurvePoint> a, IReadOnlyList<CurvePoint> b)
    {
        int most = Math.Min(a.Count, b.Count), same = 0;
        while (same < most && Same(a[same], b[same]))
            same++;
        return same;
    }

    private static bool Same(CurvePoint a, CurvePoint b) => a.Step == b.Step && a.Count == b.Count && a.Value.Equals(b.Value);
}
