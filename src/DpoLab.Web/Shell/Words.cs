using System.Text;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Web.Shell;

/// <summary>How enums are called on pages and in addresses.</summary>
public static class Words
{
    /// <summary>The kebab-case name, as in JSON and addresses (<c>mean-difference</c>).</summary>
    public static string Of<T>(T value)
        where T : struct, Enum
    {
        string name = value.ToString();
        var words = new StringBuilder(name.Length + 4);
        for (int i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]))
                words.Append('-');
            words.Append(char.ToLowerInvariant(name[i]));
        }

        return words.ToString();
    }

    /// <summary>The enum value of a kebab-case name; null for anything else.</summary>
    public static T? Parse<T>(string? word)
        where T : struct, Enum =>
        Enum.GetValues<T>().Cast<T?>().FirstOrDefault(value => string.Equals(Of(value!.Value), word, StringComparison.OrdinalIgnoreCase));

    /// <summary>TP, AN, TN, AP.</summary>
    public static string Of(NeuronGroup group) => group.ToString().ToUpperInvariant();

    /// <summary>The kind as a title: <c>Preference pairs</c>.</summary>
    public static string Title(RunKind kind) => kind switch
    {
        RunKind.Direction => "Direction",
        RunKind.Pairs => "Preference pairs",
        RunKind.Dpo => "DPO",
        RunKind.Neurons => "Neuron statistics",
        RunKind.Evaluate => "Evaluation",
        RunKind.Sweep => "Sweep of edits",
        RunKind.Verify => "Verification",
        RunKind.Download => "Download",
        RunKind.Export => "Export",
        RunKind.Rescore => "Rescoring",
        RunKind.DynamicPatch => "Dynamic patch",
        RunKind.Search => "Search for the best edit",
        RunKind.Survive => "Does it survive?",
        _ => kind.ToString(),
    };

    /// <summary>What a row of the family is: <c>patched</c>, <c>edited</c>.</summary>
    public static string Name(RowFamily family) => family switch
    {
        RowFamily.Base => "base",
        RowFamily.Dpo => "DPO",
        RowFamily.Patch => "patched",
        RowFamily.DynamicPatch => "dynamically patched",
        RowFamily.Ablate => "ablated",
        RowFamily.Edit => "edited",
        RowFamily.Steer => "steered",
        RowFamily.Prefix => "prefix",
        _ => "other",
    };

    /// <summary>The colour of a row's family in charts and tables: a token of wwwroot/css/tokens.css.</summary>
    public static string Series(RowFamily family) => family switch
    {
        RowFamily.Base => "base",
        RowFamily.Dpo => "dpo",
        RowFamily.Patch or RowFamily.DynamicPatch or RowFamily.Ablate => "patched",
        RowFamily.Edit or RowFamily.Steer => "edited",
        RowFamily.Prefix or RowFamily.Other => "control",
        _ => "control",
    };

    /// <summary>The mark of a row's family: a hollow ring for the base, a square for ablation, a diamond for edits and steering.</summary>
    public static MarkShape Mark(RowFamily family) => family switch
    {
        RowFamily.Base => MarkShape.Ring,
        RowFamily.Ablate => MarkShape.Square,
        RowFamily.Edit or RowFamily.Steer => MarkShape.Diamond,
        RowFamily.Prefix or RowFamily.Other => MarkShape.Up,
        _ => MarkShape.Disc,
    };
}
