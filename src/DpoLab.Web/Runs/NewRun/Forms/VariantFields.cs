using System.Text.Json.Nodes;
using DpoLab.Contracts.Runs;
using static DpoLab.Web.Runs.NewRun.Forms.CommonFields;

namespace DpoLab.Web.Runs.NewRun.Forms;

/// <summary>The fields of one row of an evaluation. What is done is chosen first; it decides which other fields matter.</summary>
internal static class VariantFields
{
    /// <summary>Plain, another model, a prefix, or the type of the intervention.</summary>
    public const string What = "what";

    /// <summary>How neurons are chosen: by group, by cosine, or one by one.</summary>
    public const string By = "by";

    private const string Selection = "intervention.neurons";

    /// <summary>What is done in a form that has one intervention and no rows.</summary>
    public const string Alone = "";

    private static readonly FieldChoice[] Whats =
    [
        new("plain", "the model as it is"),
        new("model", "another model"),
        new("prefix", "a prompt prefix"),
        new("patch", "patch"),
        new("dynamic-patch", "dynamic patch", "neurons take the value that they have in another model on the same text"),
        new("edit", "edit"),
        new("scale", "ablate, scale"),
        new("scale-key", "scale keys"),
        new("steer", "steer"),
    ];

    private static readonly string[] OfNeurons = ["patch", "dynamic-patch", "scale", "scale-key"];

    private static readonly Dictionary<string, string> Defaults = new(
        NeuronFields.Defaults.Select(setting => KeyValuePair.Create($"{Selection}.{setting.Key}", setting.Value)), StringComparer.Ordinal)
    {
        ["name"] = "",
        [What] = "plain",
        [By] = "groups",
        ["model"] = "",
        ["promptPrefix"] = "",
        ["intervention.tuned"] = "",
        ["intervention.form"] = "shift",
        ["intervention.strength"] = "1",
        ["intervention.alpha"] = "0.05",
        ["intervention.beta"] = "0.5",
        ["intervention.groups"] = "tp, an, tn, ap",
        ["intervention.firstLayer"] = "",
        ["intervention.lastLayer"] = "",
        ["intervention.reversed"] = "false",
        ["intervention.factor"] = "0",
        ["intervention.point"] = "resid-post",
        ["intervention.unit"] = "raw",
        ["intervention.layer"] = "",
        ["intervention.direction"] = "",
        ["intervention.scope"] = "generated",
    };

    /// <summary>The settings of a variant, below <c>variants[i]</c>.</summary>
    public static IEnumerable<string> Keys => Defaults.Keys;

    /// <summary>The field key of a variant's setting.</summary>
    public static string At(int index, string key) => $"variants[{index}].{key}";

    /// <summary>The default text of a variant's field; null for keys of other fields.</summary>
    public static string? Default(string key)
    {
        int close = key.IndexOf("].", StringComparison.Ordinal);
        if (!key.StartsWith("variants[", StringComparison.Ordinal) || close < 0)
            return null;
        string index = key["variants[".Length..close];
        string setting = key[(close + 2)..];
        return setting == "name" ? (index == "0" ? EvaluationBaseline.Base : $"row {int.Parse(index) + 1}") : Defaults.GetValueOrDefault(setting);
    }

    /// <summary>The default text of a field of a form without rows; null for keys of other fields.</summary>
    public static string? DefaultAlone(string key) =>
        key is What or By || key.StartsWith("intervention.", StringComparison.Ordinal) ? Defaults.GetValueOrDefault(key) : null;

    /// <summary>The fields of an intervention that stands alone.</summary>
    public static IReadOnlyList<FormField> Intervention(string help) =>
    [
        new FormField { Key = What, Label = "Written in", Kind = FieldKind.Layout, Choices = [new("plain", "nothing"), .. Whats.Where(choice => choice.Value is not ("plain" or "model" or "prefix" or "dynamic-patch"))], Help = help },
        .. Fields(Alone).Where(field => field.Key != "intervention.scope"), // weights act at every position
    ];

    /// <summary>A row in a line: its name and what is done.</summary>
    public static string Say(RunDraft draft, int i)
    {
        string what = draft[At(i, What)];
        string words = Array.Find(Whats, choice => choice.Value == what)?.Label ?? what;
        string neurons = !OfNeurons.Contains(what) ? "" : draft[At(i, By)] switch
        {
            "groups" => $" of {draft[At(i, "intervention.neurons.groups")].ToUpperInvariant()}",
            "top-toxic" => $" of the top {draft[At(i, "intervention.neurons.count")]}",
            NeuronFields.Set => " of a set",
            "change" => $" of the {draft[At(i, "intervention.neurons.count")]} most changed",
            _ => " of listed neurons",
        };
        string form = what is "patch" or "edit" ? $", {draft[At(i, "intervention.form")]}" : "";
        return $"{draft[At(i, "name")]} · {words}{neurons}{form}";
    }

    public static FormSection Section(int i) => new($"Row {i + 1}", "", [
        new FormField { Key = At(i, "name"), Label = "Name", Kind = FieldKind.Text, Help = "The row’s name in the table; base and dpo are what others are compared with." },
        new FormField { Key = At(i, What), Label = "What is done", Kind = FieldKind.Layout, Choices = Whats, Help = "To the model, while it generates and while its perplexity is measured." },
        Model(At(i, "model"), "Its model", "Evaluated in place of the run’s model.") with { Optional = true, Shown = Does(Before(i), "model") },
        new FormField
        {
            Key = At(i, "promptPrefix"), Label = "Prefix", Kind = FieldKind.Text, Shown = Does(Before(i), "prefix"),
            Help = "Put before every prompt: the plain baseline. It does not count towards the prompt’s cut.",
        },
        .. Fields(Before(i)),
    ]);

    /// <summary>Adds the discriminators, and takes away what the chosen kind does not have.</summary>
    public static void Complete(RunDraft draft, JsonObject root, int i) => Complete(draft, root, Before(i));

    /// <summary>The same below a prefix: <see cref="Alone"/>, or a row's.</summary>
    public static void Complete(RunDraft draft, JsonObject root, string at)
    {
        string what = draft[at + What];
        if (what is "plain" or "model" or "prefix")
            return;
        JsonPath.Set(root, at + "intervention.type", what);
        if (OfNeurons.Contains(what))
            JsonPath.Set(root, at + Selection + ".by", draft[at + By]);
        // an edit can be held within a set
        if (what is "edit" && draft[at + Selection + ".set"].Length > 0)
            JsonPath.Set(root, at + Selection + ".by", NeuronFields.Set);
        else if (what is "edit")
            JsonPath.Get(root, at + "intervention")?.AsObject().Remove("neurons");
    }

    /// <summary>The choices that a spec's variant stands for.</summary>
    public static RunDraft Layout(RunDraft draft, JsonObject root, int i) => Layout(draft, JsonPath.Get(root, $"variants[{i}]")!, Before(i));

    /// <summary>The same of what holds an intervention, below a prefix.</summary>
    public static RunDraft Layout(RunDraft draft, JsonNode holder, string at)
    {
        string what = holder["intervention"]?["type"]?.GetValue<string>()
            ?? (at == Alone ? "plain" : holder["model"] is not null ? "model" : holder["promptPrefix"] is not null ? "prefix" : "plain");
        return draft.With(at + What, what).With(at + By, holder["intervention"]?["neurons"]?["by"]?.GetValue<string>() ?? "groups");
    }

    private static string Before(int i) => At(i, "");

    private static Func<RunDraft, bool> Does(string at, params string[] whats) => draft => whats.Contains(draft[at + What]);

    private static IEnumerable<FormField> Fields(string at) =>
    [
        .. Form(at),
        .. NeuronFields.Of(at + Selection, at + By, Does(at, OfNeurons)),
        Input(at + Selection + ".set", "Within a set", InputRole.NeuronSet, "Only those of the edited neurons that are in it.") with { Optional = true, Shown = Does(at, "edit") },
        .. Steering(at),
    ];

    private static IEnumerable<FormField> Form(string at) =>
    [
        Model(at + "intervention.tuned", "Values from", "The model that reads along: neurons take the value that they have in it at the same position.") with
        {
            Shown = Does(at, "dynamic-patch"),
        },
        new FormField
        {
            Key = at + "intervention.form", Label = "Form", Kind = FieldKind.Choice, Choices = FormChoices, Shown = Does(at, "patch", "edit"),
            Help = "constant: one value at every position, the papers’ form. shift: the mean alone moves. live: the activation is multiplied (edits).",
        },
        Number(at + "intervention.strength", "Strength", "Patch: 1 moves the mean to the tuned model’s. Steering: the stream minus s·w; the papers use 20 to 100.") with
        {
            Shown = Does(at, "patch", "steer"),
        },
        Number(at + "intervention.alpha", "α, β", "TP and AN weakened by α, TN and AP strengthened; a fraction β of each. The paper: 0.05, 0.5.") with
        {
            Shown = Does(at, "edit"),
            Unit = "α",
            Beside = new FormField { Key = at + "intervention.beta", Label = "β", Kind = FieldKind.Number, Unit = "β", Help = "" },
        },
        new FormField
        {
            Key = at + "intervention.groups", Label = "Groups", Kind = FieldKind.Choices, Choices = GroupChoices, Shown = Does(at, "edit"),
            Help = "Quadrants by the signs of cosine and base activation.",
        },
        Integer(at + "intervention.firstLayer", "Layers, from and to", "first", "Quadrants, and the fraction β of each, are of these layers alone. From 0; empty: all.", minor: true) with
        {
            Optional = true, Placeholder = "first", Shown = Does(at, "edit"),
            Beside = Integer(at + "intervention.lastLayer", "Last layer", "last", "") with { Optional = true, Placeholder = "last" },
        },
        new FormField
        {
            Key = at + "intervention.reversed", Label = "Reversed", Kind = FieldKind.Switch, Minor = true, Shown = Does(at, "edit"),
            Help = "The other way round: TP and AN strengthened by α, TN and AP weakened.",
        },
        Number(at + "intervention.factor", "Factor s", "The activation (or the input weights) times s. 0 ablates; the papers un-align with keys × 10.") with
        {
            Shown = Does(at, "scale", "scale-key"),
        },
    ];

    private static IEnumerable<FormField> Steering(string at) =>
    [
        Input(at + "intervention.direction", "Direction", InputRole.Direction, "The vector w.") with { Shown = Does(at, "steer") },
        Choice(
            at + "intervention.unit",
            "Unit of s",
            "raw: w as it is, as in the papers; the scale does not carry over from model to model. stream norm: w/‖w‖ times the norm that the stream has there.",
            (SteeringUnit.Raw, "raw"),
            (SteeringUnit.StreamNorm, "stream norm")) with
        {
            Shown = Does(at, "steer"),
        },
        Choice(
            at + "intervention.point",
            "Point, layer",
            "Where the stream is moved. The papers: resid_post of the last layer.",
            (SteeringPoint.ResidPost, "resid_post"),
            (SteeringPoint.MlpOut, "mlp_out")) with
        {
            Shown = Does(at, "steer"),
            Beside = Integer(at + "intervention.layer", "Layer", "layer", "") with { Optional = true, Placeholder = "last" },
        },
        Choice(
            at + "intervention.scope",
            "Positions",
            "While generating; perplexity always acts on all. The papers: the last prompt position and every generated one.",
            (PositionScope.Generated, "generated"),
            (PositionScope.All, "all")) with
        {
            Minor = true,
            Shown = Does(at, [.. OfNeurons, "edit", "steer"]),
        },
    ];
}
