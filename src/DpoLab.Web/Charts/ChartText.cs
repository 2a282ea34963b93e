namespace DpoLab.Web.Charts;

/// <summary>Words from outside in a figure: Plotly reads some of HTML in them.</summary>
internal static class ChartText
{
    /// <summary>The words as they are, with nothing that could be taken for a tag.</summary>
    public static string Plain(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
}
