using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Data;

/// <summary>What the values of a role must be.</summary>
internal enum RoleRule
{
    /// <summary>A text that is not empty.</summary>
    Text,

    /// <summary>A text, which may be empty.</summary>
    AnyText,

    /// <summary>A number from 0 to 1.</summary>
    Share,
}

/// <summary>One role of a kind of dataset.</summary>
/// <param name="Name">As in <see cref="DatasetRef.Columns"/>.</param>
/// <param name="Rule">What its values must be.</param>
/// <param name="UsualColumns">Names by which its column is recognised, the likeliest first.</param>
internal sealed record DatasetRole(string Name, RoleRule Rule, params IReadOnlyList<string> UsualColumns);

/// <summary>The roles of each kind of dataset (science.md, section 2).</summary>
internal static class DatasetSchema
{
    public static IReadOnlyList<DatasetRole> Roles(DatasetKind kind) => kind switch
    {
        DatasetKind.Comments =>
        [
            new("text", RoleRule.Text, "comment_text", "text", "comment", "tweet", "sentence", "content"),
            new("label", RoleRule.Share, "toxic", "toxicity", "label", "target", "is_toxic"),
        ],
        DatasetKind.Pairs =>
        [
            new("prompt", RoleRule.Text, "prompt", "prompt_text", "prompt.text"),
            new("chosen", RoleRule.Text, "chosen", "unpert_gen_text"),
            new("rejected", RoleRule.Text, "rejected", "pert_gen_text"),
        ],
        DatasetKind.Prompts => [new("prompt", RoleRule.Text, "prompt", "prompt.text", "prompt_text", "text")],
        DatasetKind.Continuations =>
        [
            new("prompt", RoleRule.Text, "prompt", "prompt.text", "prompt_text"),
            new("gold", RoleRule.Text, "gold", "gold.text", "continuation", "continuation.text", "target", "completion"),
        ],
        DatasetKind.Text => [new("text", RoleRule.AnyText, "text", "page", "content", "document")],
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such kind of dataset."),
    };
}
