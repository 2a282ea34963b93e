using System.Globalization;
using System.Text.RegularExpressions;
using DpoLab.Contracts.Results;
using DpoLab.Web.Charts;

namespace DpoLab.Web.Studies.Paper;

/// <summary>One of the paper's figures, with the table behind it and what made its numbers.</summary>
public sealed partial record PaperSheet
{
    /// <summary>In addresses and file names: <c>toxicity</c>, <c>groups</c>, …</summary>
    public required string Key { get; init; }

    public required string Title { get; init; }

    /// <summary>What is shown, and how.</summary>
    public required string Says { get; init; }

    /// <summary>Models, digests, scorer, n, seed, protocol: whole, as files carry them.</summary>
    public required string Source { get; init; }

    /// <summary>The runs that the numbers come from.</summary>
    public required IReadOnlyList<string> Runs { get; init; }

    /// <summary>Null where nothing can be drawn yet.</summary>
    public ChartFigure? Figure { get; init; }

    /// <summary>The figure with slurs and insults masked, for the page; null: it has none.</summary>
    public ChartFigure? MaskedFigure { get; init; }

    /// <summary>Why there is no figure: what it waits for, or what went wrong.</summary>
    public string? Missing { get; init; }

    /// <summary>Pixels at the width of the page's column.</summary>
    public int Height { get; init; } = 260;

    /// <summary>The rows' families, for the legend; none: the figure names what it draws.</summary>
    public IReadOnlyList<RowFamily> Families { get; init; } = [];

    public SheetTable Table { get; init; } = SheetTable.Empty;

    /// <summary><see cref="Source"/> with the first characters of digests, for reading.</summary>
    public string ShortSource => Digest().Replace(Source, "${start}");

    /// <summary>Everything that belongs under the figure in a paper.</summary>
    public string Caption => $"{Title}. {Says} {Source} {(Runs.Count == 1 ? "Run" : "Runs")} {string.Join(", ", Runs)}.";

    [GeneratedRegex("(?<start>[0-9a-f]{8})[0-9a-f]{56}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Digest();
}

/// <summary>The figures of a study or of one neurons run.</summary>
/// <param name="Id">Of the study or run.</param>
/// <param name="Title">The question, or the run's name.</param>
/// <param name="Sheets">In the paper's order.</param>
public sealed record PaperSheets(string Id, string Title, IReadOnlyList<PaperSheet> Sheets)
{
    /// <summary>Those that can be drawn, which is what a download holds.</summary>
    public IEnumerable<PaperSheet> Drawn => Sheets.Where(sheet => sheet.Figure is not null);

    /// <summary>Everything that is said and every number: two that say the same draw the same.</summary>
    public string Content() => Readme() + string.Concat(Sheets.Select(sheet => sheet.Table.Csv()));

    /// <summary>What the files of a download are.</summary>
    public string Readme()
    {
        var text = new System.Text.StringBuilder($"# {Title}\n\nThe paper's figures of {Id}. Each is an SVG and the numbers behind it as CSV; words are as the models wrote them.\n");
        foreach (PaperSheet sheet in Drawn)
            text.Append(CultureInfo.InvariantCulture, $"\n## {sheet.Title}\n\n`{sheet.Key}.svg`, `{sheet.Key}.csv`\n\n{sheet.Caption}\n");
        foreach (PaperSheet sheet in Sheets.Where(sheet => sheet.Figure is null))
            text.Append(CultureInfo.InvariantCulture, $"\n## {sheet.Title}\n\nNot here: {sheet.Missing}\n");
        return text.ToString();
    }
}

/// <summary>Numbers behind a figure: exact, empty where there is none.</summary>
/// <param name="Columns">Names for programs.</param>
/// <param name="Rows">As many cells as columns.</param>
public sealed record SheetTable(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<object?>> Rows)
{
    public static SheetTable Empty { get; } = new([], []);

    public string Csv() => string.Concat(Rows.Select(row => row.ToArray()).Prepend([.. Columns]).Select(row => Api.Csv.Line(row)));

    /// <summary>One object a row.</summary>
    public IReadOnlyList<Dictionary<string, object?>> Records() =>
        [.. Rows.Select(row => Columns.Zip(row).ToDictionary(cell => cell.First, cell => cell.Second, StringComparer.Ordinal))];
}
