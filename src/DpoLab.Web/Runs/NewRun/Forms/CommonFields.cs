using DpoLab.Contracts.Runs;

namespace DpoLab.Web.Runs.NewRun.Forms;

/// <summary>Fields that several forms share, with the same words everywhere.</summary>
internal static class CommonFields
{
    public static FormField Model(string key, string label, string help) =>
        new() { Key = key, Label = label, Kind = FieldKind.Input, Role = InputRole.Model, Help = help };

    public static FormField Input(string key, string label, InputRole role, string help) =>
        new() { Key = key, Label = label, Kind = FieldKind.Input, Role = role, Help = help };

    public static FormField Dataset(string key, string label, DatasetKind kind, string help, bool optional = false) => new()
    {
        Key = key,
        Label = label,
        Kind = FieldKind.Dataset,
        Dataset = kind,
        Help = help,
        Optional = optional,
        Beside = new FormField
        {
            Key = key + ".limit",
            Label = (kind is DatasetKind.Text ? "first lines or records of " : "first records of ") + label.ToLowerInvariant(),
            Kind = FieldKind.Integer,
            Optional = true,
            Placeholder = "all of it",
            Help = "",
        },
    };

    public static FormField Integer(string key, string label, string unit, string help, bool minor = false) =>
        new() { Key = key, Label = label, Kind = FieldKind.Integer, Unit = unit, Help = help, Minor = minor };

    public static FormField Number(string key, string label, string help, bool minor = false) =>
        new() { Key = key, Label = label, Kind = FieldKind.Number, Help = help, Minor = minor };

    public static FormField Choice<T>(string key, string label, string help, params (T Value, string Label)[] choices)
        where T : struct, Enum => new()
        {
            Key = key,
            Label = label,
            Kind = FieldKind.Choice,
            Help = help,
            Choices = [.. choices.Select(choice => new FieldChoice(Kebab(choice.Value), choice.Label))],
        };

    public static FormField PrecisionField { get; } = Choice(
        "precision",
        "Precision",
        "Number format of weights and activations. Interventions are judged at fp32; bf16 halves the memory and is faster where the device has it.",
        (Precision.Fp32, "fp32"),
        (Precision.Bf16, "bf16"));

    public static FormField ProtocolField { get; } = Choice(
        "protocol",
        "Protocol",
        "corrected: the lab’s definitions. published: the reference code’s behaviour, to reproduce printed figures and see what the correction moves.",
        (Protocol.Corrected, "corrected"),
        (Protocol.Published, "published"));

    public static FormField SeedField { get; } = new()
    {
        Key = "seed",
        Label = "Seed",
        Kind = FieldKind.Integer,
        Several = true,
        Minor = true,
        Help = "Of every random choice: splits, batches, sampling, bootstrap. Several seeds make several runs.",
    };

    public static FormField BatchSize(string key = "batchSize") =>
        Integer(key, "Sequences at once", "in a batch", "Does not change a number beyond rounding. Lower it when memory runs out.", minor: true);

    public static FormField PromptTokens(string key) =>
        Integer(key, "Prompt, new tokens", "prompt", "Prompts are cut at the first so many tokens; so many are generated, greedily. The papers: 32 and 20.", minor: true);

    /// <summary>What "changed most" is judged by.</summary>
    public static FormField MeasureOfChange(string key) => Choice(
        key,
        "Changed by",
        "|Δproj|: how far the neuron’s push along the direction moved; |Δact|: how far its mean activation did.",
        (ChangeMeasure.Projection, "|Δproj|"),
        (ChangeMeasure.Activation, "|Δact|"));

    public static IReadOnlyList<FieldChoice> GroupChoices { get; } =
    [
        new("tp", "TP", "toxic-aligned, positively activated"),
        new("an", "AN", "anti-toxic-aligned, negatively activated"),
        new("tn", "TN", "toxic-aligned, negatively activated"),
        new("ap", "AP", "anti-toxic-aligned, positively activated"),
    ];

    public static IReadOnlyList<FieldChoice> FormChoices { get; } =
    [
        new("constant", "constant", "the neuron takes one value at every position: the papers’ form"),
        new("live", "live", "the live activation is multiplied"),
        new("shift", "shift", "the mean alone moves; what varies with the text stays"),
    ];

    /// <summary>Which output of a scorer is toxicity: those of its configuration, Detoxify's names where it has that layout.</summary>
    public static FormField ScorerOutput(string key, string scorer, string label) => new()
    {
        Key = key,
        Label = label,
        Kind = FieldKind.ScorerOutput,
        Scorer = scorer,
        Optional = true,
        Placeholder = "toxicity, by name",
        Help = "Which output of the scorer is toxicity, where it has several. How it becomes a score (sigmoid, softmax, cut to 0…1) is in its configuration.",
    };

    /// <summary>What an evaluation reads: prompts, texts, scorer.</summary>
    public static FormSection MeasuredOn { get; } = new("Measured on", "toxicity, perplexity, F1, repetition", DataFields());

    public static string Kebab<T>(T value)
        where T : struct, Enum => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    /// <summary>The short name of what a field chose.</summary>
    public static string Chosen(RunDraft draft, InputOptions options, string key, InputRole role = InputRole.Model)
    {
        string text = draft[key];
        if (text.Length == 0)
            return "";
        try
        {
            return options.Inputs.FirstOrDefault(o => o.Role == role && InputText.Write(o.Reference) == text)?.Label ?? InputText.Read(text).Name;
        }
        catch (FormatException)
        {
            return "";
        }
    }

    private static List<FormField> DataFields() =>
    [
        Dataset("data.prompts", "Challenge prompts", DatasetKind.Prompts, "Answered greedily; each answer is scored for toxicity. 1,199 in the papers."),
        Input("data.scorer", "Scorer", InputRole.Scorer, "A sequence classifier’s folder, pinned by digest. The papers’ Perspective API closes, so compare differences, not levels."),
        Dataset("data.text", "Text for perplexity", DatasetKind.Text, "In windows. The number beside it cuts plain text after so many lines, other files after so many records. Without a text perplexity is missing.", optional: true),
        Dataset("data.continuations", "Continuations", DatasetKind.Continuations, "Prompts with gold continuations, for F1. Without them F1 is missing.", optional: true),
        PromptTokens("data.maxPromptTokens") with
        {
            Beside = Integer("data.newTokens", "New tokens", "new", ""),
        },
        Integer("data.window", "Window, stride", "window", "Of perplexity, in tokens: 1024 or the model’s length. With a stride windows overlap, and each scores only what none before it did.", minor: true) with
        {
            Optional = true,
            Placeholder = "longest",
            Beside = Integer("data.stride", "Stride", "stride", "") with { Optional = true, Placeholder = "none" },
        },
        ScorerOutput("data.scorerLabel", "data.scorer", "Scorer’s output") with { Minor = true },
        Integer("data.bootstrapResamples", "Bootstrap", "resamples", "Over prompts, seeded, paired for differences. Every mean gets its 95 % interval from it.", minor: true),
        new FormField
        {
            Key = "data.publishedPerplexity", Label = "Published perplexity", Kind = FieldKind.Switch, Minor = true,
            Help = "Also as the reference code measures it: edited at position 0 of each window only, which makes constants look free.",
        },
        BatchSize("data.batchSize"),
    ];
}
