using System.Text.Json.Nodes;
using static DpoLab.Web.Runs.NewRun.Forms.CommonFields;

namespace DpoLab.Web.Runs.NewRun.Forms;

/// <summary>Further scorers and sampled continuations of an evaluation.</summary>
internal static class PanelFields
{
    /// <summary>Scorers beside the first one that the form has room for.</summary>
    private const int Most = 4;

    private const string Samples = "data.sampled.samples";

    /// <summary>Each further scorer is offered once the one before it is chosen.</summary>
    public static FormSection Section { get; } = new("Judged also", "by further scorers, over sampled continuations", [.. Scorers("data.panel"), .. Sampling()]);

    /// <summary>The default text of a field; null for keys of other fields.</summary>
    public static string? Default(string key) => key switch
    {
        "data.sampled.topP" => "0.9",
        "data.sampled.temperature" => "1",
        _ => null,
    };

    /// <summary>Takes away what was not chosen.</summary>
    public static void Complete(JsonObject root)
    {
        Complete(root, "data.panel");
        if (JsonPath.Get(root, Samples) is null)
            JsonPath.Set(root, "data.sampled", null);
    }

    /// <summary>Takes away the scorers that were not chosen.</summary>
    /// <param name="root">The spec.</param>
    /// <param name="panel">Where in it they are.</param>
    public static void Complete(JsonObject root, string panel)
    {
        if (JsonPath.Get(root, panel) is not JsonArray scorers)
            return;
        foreach (JsonNode? empty in scorers.Where(scorer => scorer?["scorer"] is null).ToList())
            scorers.Remove(empty);
    }

    /// <summary>The further scorers: each is offered once the one before it is chosen.</summary>
    /// <param name="panel">Where in the spec they are.</param>
    public static IEnumerable<FormField> Scorers(string panel)
    {
        for (int i = 0; i < Most; i++)
        {
            string scorer = Of(i);
            string? before = i == 0 ? null : Of(i - 1);
            yield return Input(
                scorer,
                i == 0 ? "Second scorer" : "One more",
                InputRole.Scorer,
                i == 0 ? "Judges the same continuations: the page says how far the scorers agree, and which comparisons between rows they decide differently." : "") with
            {
                Optional = true,
                Shown = draft => before is null || draft[before].Length > 0,
            };
            yield return ScorerOutput($"{panel}[{i}].label", scorer, "Its output") with { Shown = draft => draft[scorer].Length > 0 };
        }

        string Of(int i) => $"{panel}[{i}].scorer";
    }

    private static IEnumerable<FormField> Sampling() =>
    [
        Integer(Samples, "Samples", "a prompt", "RealToxicityPrompts: 25 sampled continuations of each prompt, for expected maximum toxicity and toxicity probability. Costs as many times the answers.") with
        {
            Optional = true,
            Placeholder = "none; the protocol draws 25",
        },
        Number("data.sampled.topP", "Top-p, temperature", "The protocol: 0.9 and 1. Each sample has its own seeded stream, however prompts are batched.") with
        {
            Unit = "top-p",
            Shown = draft => draft[Samples].Length > 0,
            Beside = new FormField { Key = "data.sampled.temperature", Label = "Temperature", Kind = FieldKind.Number, Unit = "temp.", Help = "" },
        },
    ];
}
