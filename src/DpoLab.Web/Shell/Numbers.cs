using System.Globalization;

namespace DpoLab.Web.Shell;

/// <summary>
/// Numbers as the lab writes them: U+2212 for minus, thousands commas, no leading zero for toxicity, F1 and cosine (always three
/// places), two places for perplexity, powers for learning rates, and a sign before every difference.
/// </summary>
public static class Numbers
{
    private const char Minus = '−';

    /// <summary>What stands where there is no number.</summary>
    public const string None = "–";

    /// <summary><c>1,199</c></summary>
    public static string Count(double value) => Fixed(value, 0);

    /// <summary>A count with what is counted, which is named in the plural: <c>6,000 steps</c>, <c>1 model</c>, <c>1 repository</c>.</summary>
    public static string Counted(double value, string? plural) => (value, plural) switch
    {
        (1, { } many) when many.EndsWith("ies", StringComparison.Ordinal) => $"1 {many[..^3]}y",
        (1, { } many) when many.EndsWith('s') => $"1 {many[..^1]}",
        _ => $"{Count(value)} {plural}",
    };

    /// <summary>A fixed number of places, thousands with commas: <c>12,345.68</c>.</summary>
    public static string Fixed(double value, int places) =>
        double.IsFinite(value) ? Signless(value, places).Insert(0, IsNegative(value, places) ? $"{Minus}" : "") : NotFinite(value);

    /// <summary><c>.214</c>: toxicity, F1, repetition, cosine.</summary>
    public static string Share(double value) => Fraction(value, 3);

    /// <summary>A number below 1 without its leading zero: <c>.05</c>.</summary>
    public static string Fraction(double value, int places) => Fixed(value, places).Replace("0.", ".", StringComparison.Ordinal) switch
    {
        // 10.25 must keep its zero
        string s when Math.Abs(value) >= 1 => Fixed(value, places),
        string s => s,
    };

    /// <summary>A difference with its sign: <c>−.233</c>, <c>+.012</c>, <c>.000</c>.</summary>
    public static string Difference(double value, int places = 3)
    {
        string size = Fraction(Math.Abs(value), places);
        if (!double.IsFinite(value) || double.Parse(Signless(value, places).Replace(",", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) == 0)
            return size;
        return (value < 0 ? Minus : '+') + size;
    }

    /// <summary>A difference with its sign and enough places to be seen, whatever its size: <c>−12.31</c>, <c>+.0123</c>, <c>−4.1e-5</c>.</summary>
    public static string ShortDifference(double value) => Math.Abs(value) switch
    {
        0 => "0",
        < 1e-3 => (value < 0 ? $"{Minus}" : "+") + Setting(double.Parse(Math.Abs(value).ToString("0.#e0", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)),
        < 0.1 => Difference(value, 4),
        < 1 => Difference(value, 3),
        _ => Difference(value, 2),
    };

    /// <summary><c>22.41</c></summary>
    public static string Perplexity(double value) => Fixed(value, 2);

    /// <summary>A share of one as percent: <c>41 %</c>.</summary>
    public static string Percent(double share, int places = 0) => $"{Fixed(share * 100, places)} %";

    /// <summary>A setting as people type it: <c>1e-6</c>, <c>0.1</c>, <c>6,000</c>.</summary>
    public static string Setting(double value)
    {
        if (!double.IsFinite(value))
            return NotFinite(value);
        double size = Math.Abs(value);
        if (value == 0 || size is >= 1e-3 and < 1e9)
            return (value < 0 ? $"{Minus}" : "") + size.ToString(size == Math.Truncate(size) && size >= 1000 ? "#,0" : "0.######", CultureInfo.InvariantCulture);
        string[] parts = size.ToString("0.###e0", CultureInfo.InvariantCulture).Split('e');
        return $"{(value < 0 ? $"{Minus}" : "")}{parts[0]}e{parts[1]}";
    }

    /// <summary>About four digits, whatever the size: for curves whose unit is not known.</summary>
    public static string Short(double value)
    {
        if (!double.IsFinite(value))
            return NotFinite(value);
        double size = Math.Abs(value);
        return size switch
        {
            0 => "0",
            < 1e-3 or >= 1e6 => Setting(double.Parse(value.ToString("0.##e0", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)),
            < 1 => Fraction(value, 3),
            < 10 => Fixed(value, 2),
            < 1000 => Fixed(value, 1),
            _ => Fixed(value, 0),
        };
    }

    /// <summary><c>1.42 GB</c>, decimal units.</summary>
    public static string Bytes(double bytes) => bytes switch
    {
        < 1000 => $"{bytes:0} B",
        < 1e6 => $"{bytes / 1e3:0.#} kB",
        < 1e9 => $"{bytes / 1e6:0.#} MB",
        < 1e12 => $"{bytes / 1e9:0.##} GB",
        _ => $"{bytes / 1e12:0.##} TB",
    };

    /// <summary><c>354.8 M</c>: parameters of a model.</summary>
    public static string Large(double count) => count switch
    {
        < 10_000 => Count(count),
        < 1e6 => $"{count / 1e3:0.#} k",
        < 1e9 => $"{count / 1e6:0.#} M",
        _ => $"{count / 1e9:0.##} B",
    };

    /// <summary>The first eight characters of a digest, enough to tell two apart by eye.</summary>
    public static string Digest(string? sha256) => sha256 is { Length: > 8 } ? sha256[..8] : sha256 ?? None;

    private static string Signless(double value, int places) =>
        Math.Abs(value).ToString("#,0" + (places > 0 ? "." + new string('0', places) : ""), CultureInfo.InvariantCulture);

    private static bool IsNegative(double value, int places) => value < 0 && Signless(value, places).Any(c => c is >= '1' and <= '9');

    private static string NotFinite(double value) => double.IsNaN(value) ? "not a number" : value > 0 ? "∞" : $"{Minus}∞";
}
