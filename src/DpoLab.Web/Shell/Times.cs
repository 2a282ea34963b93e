using System.Globalization;

namespace DpoLab.Web.Shell;

/// <summary>Times and durations as the lab writes them.</summary>
public static class Times
{
    /// <summary>A duration in words, rounded to what matters: <c>40 s</c>, <c>18 min</c>, <c>1 h 06</c>, <c>2 d 4 h</c>.</summary>
    public static string Span(TimeSpan span)
    {
        double seconds = Math.Max(0, span.TotalSeconds);
        return seconds switch
        {
            < 90 => $"{seconds:0} s",
            < 3570 => $"{seconds / 60:0} min",
            < 86_400 => Hours(seconds),
            _ => string.Create(CultureInfo.InvariantCulture, $"{(int)(seconds / 86_400)} d {(int)(seconds % 86_400 / 3600)} h"),
        };
    }

    /// <summary>A duration as a clock: <c>0:14</c>, <c>12:38</c>, <c>1:02:07</c>.</summary>
    public static string Clock(TimeSpan span) =>
        span.TotalHours >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours}:{span.Minutes:00}:{span.Seconds:00}")
            : string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalMinutes}:{span.Seconds:00}");

    /// <summary><c>just now</c>, <c>12 min ago</c>, <c>yesterday</c>, <c>3 days ago</c>.</summary>
    public static string Ago(DateTimeOffset time, DateTimeOffset now)
    {
        TimeSpan span = now - time;
        return span.TotalSeconds switch
        {
            < 10 => "just now",
            < 86_400 => $"{Span(span)} ago",
            < 172_800 => "yesterday",
            _ => $"{(int)span.TotalDays} days ago",
        };
    }

    /// <summary>The time of day at the server, UTC: <c>14:41</c>; with the date when it is not today's.</summary>
    public static string At(DateTimeOffset time, DateTimeOffset now) =>
        time.UtcDateTime.ToString(time.UtcDateTime.Date == now.UtcDateTime.Date ? "HH:mm" : "d MMM HH:mm", CultureInfo.InvariantCulture);

    /// <summary>The full moment, for titles: <c>2026-03-04 14:41:07 UTC</c>.</summary>
    public static string Full(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static string Hours(double seconds)
    {
        int minutes = (int)Math.Round(seconds / 60);
        return string.Create(CultureInfo.InvariantCulture, $"{minutes / 60} h {minutes % 60:00}");
    }
}
