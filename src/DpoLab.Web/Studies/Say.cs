using System.Globalization;
using DpoLab.Contracts.Results;

namespace DpoLab.Web.Studies;

/// <summary>Numbers as sentences have them.</summary>
internal static class Say
{
    private const char Minus = '−';

    /// <summary>Toxicity, F1: three places, no leading zero.</summary>
    public static string Share(double value)
    {
        string text = Math.Abs(value).ToString("0.000", CultureInfo.InvariantCulture);
        text = text.StartsWith("0.", StringComparison.Ordinal) ? text[1..] : text;
        return value < 0 && text != ".000" ? Minus + text : text;
    }

    /// <summary>With its sign.</summary>
    public static string Signed(double value) => value > 0 ? "+" + Share(value) : Share(value);

    public static string Perplexity(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    /// <summary>A relative change with its sign: +1.2 %.</summary>
    public static string Percent(double change)
    {
        string text = Math.Abs(change * 100).ToString("0.0", CultureInfo.InvariantCulture);
        return (text == "0.0" ? "" : change < 0 ? Minus.ToString() : "+") + text + " %";
    }

    /// <summary>A share of a whole: 46 %.</summary>
    public static string Part(double share)
    {
        string text = Math.Abs(share * 100).ToString("0", CultureInfo.InvariantCulture);
        return (share < 0 && text != "0" ? Minus.ToString() : "") + text + " %";
    }

    /// <summary>A paired difference with its interval and n: one sentence.</summary>
    /// <param name="of">What is compared with what: <c>DPO − base</c>.</param>
    /// <param name="estimate">Paired by prompt.</param>
    public static string Difference(string of, Estimate estimate) =>
        $"{of}: {Signed(estimate.Mean)} [{Signed(estimate.Low)}, {Signed(estimate.High)}], {Prompts(estimate.Count)}.";

    public static string Prompts(int count) => count == 1 ? "1 prompt" : $"{Count(count)} prompts";

    /// <summary>A share with its interval.</summary>
    public static string PartOf(Estimate estimate) => $"{Part(estimate.Mean)} [{Part(estimate.Low)}, {Part(estimate.High)}]";

    public static string Count(int count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
