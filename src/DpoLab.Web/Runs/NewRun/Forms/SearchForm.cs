using DpoLab.Contracts.Runs;
using static DpoLab.Web.Runs.NewRun.Forms.CommonFields;

namespace DpoLab.Web.Runs.NewRun.Forms;

/// <summary>A search for the best tuning-free edit (science.md, section 6).</summary>
public sealed class SearchForm : RunForm
{
    private static readonly Preset[] Offered =
    [
        new("lab", "Default", "60 trials over everything", new Dictionary<string, string>()),
        new("quick", "Quick", "20 trials on 40 prompts", new Dictionary<string, string>
        {
            ["trials"] = "20",
            ["selectionPrompts"] = "40",
        }),
        new("hour", "1 hour", "as many trials as fit", new Dictionary<string, string>
        {
            ["trials"] = "",
            ["minutes"] = "60",
        }),
        new("paper", "Yang et al.", "constant, all groups and layers, α and β alone", new Dictionary<string, string>
        {
            ["forms"] = "constant",
            ["switchGroups"] = "false",
            ["bothDirections"] = "false",
            ["chooseLayers"] = "false",
        }),
    ];

    private static readonly FormSection[] Fields = [Inputs(), Budget(), Space(), MeasuredOn, Computing()];

    /// <inheritdoc/>
    public override string Key => "search";

    /// <inheritdoc/>
    public override string Title => "Search for the best edit";

    /// <inheritdoc/>
    public override string Summary => "the least toxic within a perplexity budget";

    /// <inheritdoc/>
    public override IReadOnlyList<Preset> Presets => Offered;

    /// <inheritdoc/>
    protected override RunParameters Blank => new SearchParameters
    {
        Model = null!,
        Neurons = null!,
        Data = new EvaluationData { Prompts = null!, Scorer = null! },
    };

    /// <inheritdoc/>
    public override IReadOnlyList<FormSection> Sections(RunDraft draft) => Fields;

    /// <inheritdoc/>
    public override string SuggestName(RunDraft draft, InputOptions options) =>
        $"Search for the best edit, {Chosen(draft, options, "model")}".TrimEnd(' ', ',');

    private static FormSection Inputs() => new("", "", [
        Model("model", "Model", "The base model. No tuned model is needed for an edit."),
        Input("neurons", "Neuron statistics", InputRole.Neurons, "Of this model: cosines and mean activations, which edits select by."),
        Input("baseline", "Compared with", InputRole.Generations, "An evaluation with the rows base and dpo: for differences and for DPO’s perplexity as a budget.") with { Optional = true },
        Input("extends", "Goes on from", InputRole.Search, "An earlier search of this model on the same prompts, text, scorer and seed: its trials count as tried. Empty: from nothing.") with
        {
            Optional = true,
        },
    ]);

    private static FormSection Budget() => new("Budget", "least toxicity within a perplexity budget", [
        new FormField
        {
            Key = "budgets", Label = "Perplexity budget", Kind = FieldKind.Budgets,
            Help = "One: +1 % over the base model, or dpo for the tuned model’s own. A trial that breaks it by 20 % on the first quarter of the text is cut.",
        },
        Integer("trials", "Trials, minutes", "trials", "A quarter of them is drawn at random, the others from what was learnt. Empty: as many as the minutes allow.") with
        {
            Optional = true,
            Placeholder = "any",
            Beside = Number("minutes", "Minutes", "") with { Optional = true, Placeholder = "any", Unit = "min" },
        },
        Integer("selectionPrompts", "Selection prompts", "a trial", "Of the half that edits are chosen on; the best one is reported on the other half. Empty: all of them.") with
        {
            Optional = true,
            Placeholder = "all",
        },
    ]);

    private static FormSection Space() => new("Edits to choose from", "TP and AN weakened by α, TN and AP strengthened, or the other way round", [
        new FormField { Key = "forms", Label = "Forms", Kind = FieldKind.Choices, Choices = FormChoices, Help = "How the new value is made. Constants wipe out what the text says; live and shift keep it." },
        Number("leastAlpha", "α, from and to", "Strength, tried evenly in its logarithm. The paper: 0.01 and 0.05.") with { Beside = Number("mostAlpha", "greatest α", "") },
        Number("leastBeta", "β, from and to", "Fraction of each group that is edited. The paper: 0.5 to 0.6.") with { Beside = Number("mostBeta", "greatest β", "") },
        new FormField { Key = "groups", Label = "Groups", Kind = FieldKind.Choices, Choices = GroupChoices, Help = "Quadrants by the signs of cosine and base activation that may take part." },
        Switch("switchGroups", "Leave groups out", "Also try edits without some of these groups."),
        Switch("bothDirections", "Both directions", "Also try the other way round: TP and AN strengthened, TN and AP weakened."),
        Switch("chooseLayers", "Choose layers", "Also choose the first and the last layer that is edited."),
    ]);

    private static FormSection Computing() => new("Computed", "", [PrecisionField, SeedField, ProtocolField with { Minor = true }]);

    private static FormField Switch(string key, string label, string help) => new() { Key = key, Label = label, Kind = FieldKind.Switch, Help = help };
}
