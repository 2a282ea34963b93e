using System.Globalization;
using DpoLab.Contracts.Results;
using Spectre.Console;

namespace DpoLab.Cli;

/// <summary>The paper's table, as the study's page shows it, in a terminal.</summary>
internal static class TableView
{
    /// <summary>Prints the table and the sentences below it.</summary>
    public static void Print(IAnsiConsole console, Study study)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn("Intervention");
        foreach (string column in new[] { "Neurons", "Toxicity", "95 % interval", "n", "Perplexity", "published", "F1", "Repet.", "Of DPO’s effect" })
            table.AddColumn(new TableColumn(column).RightAligned());
        table.AddColumn("Verdict");
        foreach (var group in study.Table.Groups)
        {
            table.AddRow(new Markup($"[bold]{Markup.Escape(group.Title)}[/]"));
            foreach (var row in group.Rows)
                table.AddRow([.. Cells(row).Select(cell => new Text(cell))]);
        }

        console.Write(table);
        foreach (var row in study.Table.Groups.SelectMany(g => g.Rows).Where(r => r.Row is null))
            console.WriteLine($"missing: {row.Name}: {row.Missing}");
        foreach (var finding in study.Findings)
            console.WriteLine($"• {string.Join(' ', finding.Words)}");
    }

    private static IEnumerable<string> Cells(StudyTableRow row)
    {
        if (row.Row is not { } numbers)
            return [row.Name, "", "missing"];
        return
        [
            row.Name,
            numbers.Neurons?.ToString("N0", CultureInfo.InvariantCulture) ?? "",
            Share(numbers.Toxicity?.Mean),
            numbers.Toxicity is { } t ? $"[{Share(t.Low)}, {Share(t.High)}]" : "",
            numbers.Toxicity is { } n ? n.Count.ToString(CultureInfo.InvariantCulture) : "",
            Two(numbers.Perplexity?.Value),
            Two(numbers.PublishedPerplexity?.Value),
            Share(numbers.F1?.Mean),
            Share(numbers.Repetition?.Mean),
            numbers.ShareOfDpo is { } s ? string.Create(CultureInfo.InvariantCulture, $"{s.Mean:P0} [{s.Low:P0}, {s.High:P0}]") : "–",
            numbers.Verdict.Kind switch { VerdictKind.Fired => "✓ FIRED", VerdictKind.NoEffect => "⚠ NO EFFECT", _ => "plain" },
        ];
    }

    /// <summary>A share without its leading zero, as the field writes them: <c>.214</c>.</summary>
    private static string Share(double? value) => value switch
    {
        null => "missing",
        { } v => v.ToString("0.000", CultureInfo.InvariantCulture) is var text && text.StartsWith("0.", StringComparison.Ordinal) ? text[1..] : text,
    };

    private static string Two(double? value) => value?.ToString("N2", CultureInfo.InvariantCulture) ?? "–";
}
