using static DpoLab.Web.Runs.NewRun.Forms.CommonFields;

namespace DpoLab.Web.Runs.NewRun.Forms;

/// <summary>How neurons are chosen: by group, by cosine, by change, or one by one.</summary>
internal static class NeuronFields
{
    /// <summary>The way that takes the neurons of a set.</summary>
    public const string Set = "set";

    /// <summary>The ways, as the selection's discriminator.</summary>
    public static IReadOnlyList<FieldChoice> Ways { get; } = [new("groups", "groups"), new("top-toxic", "top toxic"), new("change", "most changed"), new("list", "list"), new(Set, "a set")];

    /// <summary>The default texts, by setting of the selection.</summary>
    public static IReadOnlyDictionary<string, string> Defaults { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["groups"] = "tp, an, tn, ap",
        ["top"] = "",
        ["count"] = "100",
        ["measure"] = "projection",
        ["positiveOnly"] = "true",
        ["neurons"] = "",
        ["set"] = "",
    };

    /// <summary>The fields of a selection.</summary>
    /// <param name="selection">Its place in the spec, as <c>mask.neurons</c>.</param>
    /// <param name="way">The key of the field that says how neurons are chosen.</param>
    /// <param name="matters">Whether neurons are chosen at all.</param>
    public static IEnumerable<FormField> Of(string selection, string way, Func<RunDraft, bool> matters)
    {
        Func<RunDraft, bool> By(params string[] which) => draft => matters(draft) && which.Contains(draft[way]);
        return
        [
            new FormField
            {
                Key = way, Label = "Neurons", Kind = FieldKind.Layout, Shown = matters, Choices = Ways,
                Help = "The groups that DPO lowered, the most toxic-aligned by cosine, those that DPO changed most, neurons by name, or a neuron set.",
            },
            new FormField
            {
                Key = $"{selection}.groups", Label = "Groups", Kind = FieldKind.Choices, Choices = GroupChoices, Shown = By("groups"),
                Help = "Neurons of these groups whose projection DPO lowered.",
            },
            Integer($"{selection}.top", "Strongest", "of them", "Only the so many of largest reduction.") with
            {
                Optional = true, Placeholder = "all", Shown = By("groups"),
            },
            Integer($"{selection}.count", "How many", "neurons", "Top toxic: of greatest cosine with the direction; the papers: 7, 100, 200, 1000.") with
            {
                Shown = By("top-toxic", "change"),
            },
            MeasureOfChange($"{selection}.measure") with { Shown = By("change") },
            new FormField
            {
                Key = $"{selection}.positiveOnly", Label = "Positive only", Kind = FieldKind.Switch, Shown = By("top-toxic"),
                Help = "Of these only the ones with a positive mean activation in the base model, as Yang et al. do.",
            },
            new FormField
            {
                Key = $"{selection}.neurons", Label = "List", Kind = FieldKind.NeuronList, Shown = By("list"),
                Help = "Layer and index, from 0: L19.770, L12.771.",
            },
            Input($"{selection}.set", "Set", InputRole.NeuronSet, "Saved on the page Neuron sets, for a model of this shape.") with { Shown = By(Set) },
        ];
    }
}
