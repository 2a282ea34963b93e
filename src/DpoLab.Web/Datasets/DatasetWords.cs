using DpoLab.Contracts.Runs;

namespace DpoLab.Web.Datasets;

/// <summary>How kinds of dataset and their columns are called.</summary>
internal static class DatasetWords
{
    public static string Title(DatasetKind kind) => kind switch
    {
        DatasetKind.Comments => "Labelled comments",
        DatasetKind.Pairs => "Preference pairs",
        DatasetKind.Prompts => "Challenge prompts",
        DatasetKind.Continuations => "Continuations",
        DatasetKind.Text => "Text",
        _ => kind.ToString(),
    };

    /// <summary>What a file of this kind looks like (science.md, section 2).</summary>
    public static string Format(DatasetKind kind) => kind switch
    {
        DatasetKind.Comments => "CSV, JSONL or Parquet with a text column and a 0/1 (or 0…1) label. Jigsaw’s comment_text and toxic are recognised.",
        DatasetKind.Pairs => "JSONL with prompt, chosen, rejected, or the papers’ prompt_text, unpert_gen_text, pert_gen_text.",
        DatasetKind.Prompts => "JSONL: {\"prompt\": \"…\"}, or RealToxicityPrompts’ {\"prompt\": {\"text\": \"…\"}}.",
        DatasetKind.Continuations => "JSONL with prompt and gold.",
        DatasetKind.Text => "Plain text, or Parquet or JSONL with text.",
        _ => "",
    };

    /// <summary>The roles that columns can have.</summary>
    public static IReadOnlyList<string> Roles(DatasetKind kind) => kind switch
    {
        DatasetKind.Comments => ["text", "label"],
        DatasetKind.Pairs => ["prompt", "chosen", "rejected"],
        DatasetKind.Prompts => ["prompt"],
        DatasetKind.Continuations => ["prompt", "gold"],
        _ => ["text"],
    };
}
