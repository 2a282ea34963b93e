using DpoLab.Contracts.Runs;

namespace DpoLab.Web.Runs.NewRun;

/// <summary>How a field is typed, and what its text becomes in the spec.</summary>
public enum FieldKind
{
    Text,
    Integer,
    Number,

    /// <summary>A list of numbers that belongs to one run (the α of a sweep of edits).</summary>
    Numbers,

    /// <summary>A list of words.</summary>
    Words,

    /// <summary>One of <see cref="FormField.Choices"/>.</summary>
    Choice,

    /// <summary>Some of <see cref="FormField.Choices"/>.</summary>
    Choices,
    Switch,

    /// <summary>A model, scorer or artifact: an <see cref="InputRef"/>.</summary>
    Input,

    /// <summary>A <see cref="DatasetRef"/>.</summary>
    Dataset,

    /// <summary>Perplexity budgets of a sweep.</summary>
    Budgets,

    /// <summary>Neurons as <c>L19.770</c>.</summary>
    NeuronList,

    /// <summary>One of the outputs of the scorer that <see cref="FormField.Scorer"/> chose.</summary>
    ScorerOutput,

    /// <summary>Shapes the form alone; the spec says it through other fields.</summary>
    Layout,
}

/// <summary>What an input field takes.</summary>
public enum InputRole
{
    Model,
    Scorer,
    Direction,
    Neurons,
    Generations,
    Adapter,
    NeuronSet,
    Search,
    File,
}

/// <summary>One value that a choice offers.</summary>
/// <param name="Value">As in the spec (kebab-case).</param>
/// <param name="Label">As people read it.</param>
/// <param name="Hint">On hover; null: none.</param>
public sealed record FieldChoice(string Value, string Label, string? Hint = null);

/// <summary>One field of a form: a setting of the spec, its words and its limits of form. The limits of value are in the contracts.</summary>
public sealed record FormField
{
    /// <summary>The JSON path of the setting (<c>data.newTokens</c>): the field's name in the address and in errors.</summary>
    public required string Key { get; init; }

    public required string Label { get; init; }

    public required FieldKind Kind { get; init; }

    /// <summary>What it means, and what the papers use.</summary>
    public required string Help { get; init; }

    /// <summary>Shown at the right end of the field.</summary>
    public string? Unit { get; init; }

    /// <summary>True: several values make several runs.</summary>
    public bool Several { get; init; }

    /// <summary>True: may be left empty.</summary>
    public bool Optional { get; init; }

    /// <summary>True: under "more", for those who look for it.</summary>
    public bool Minor { get; init; }

    /// <summary>What an empty field means, shown inside it.</summary>
    public string? Placeholder { get; init; }

    public IReadOnlyList<FieldChoice> Choices { get; init; } = [];

    public InputRole Role { get; init; }

    public DatasetKind Dataset { get; init; }

    /// <summary>The key of the field whose scorer's outputs are offered.</summary>
    public string? Scorer { get; init; }

    /// <summary>A second, short field on the same line.</summary>
    public FormField? Beside { get; init; }

    /// <summary>Whether the field matters for what else is chosen; hidden fields are not in the spec.</summary>
    public Func<RunDraft, bool> Shown { get; init; } = static _ => true;

    /// <summary>This field and the one on its line.</summary>
    public IEnumerable<FormField> Line => Beside is null ? [this] : [this, Beside];
}

/// <summary>Fields under one heading.</summary>
/// <param name="Title">Empty for the first.</param>
/// <param name="Note">A formula or half a sentence beside the title.</param>
/// <param name="Fields">From the top.</param>
public sealed record FormSection(string Title, string Note, IReadOnlyList<FormField> Fields);

/// <summary>Settings that a source uses, by field key; what it does not name stays at the lab's default.</summary>
/// <param name="Key">In the address.</param>
/// <param name="Name">Shown.</param>
/// <param name="Source">Where the numbers come from.</param>
/// <param name="Values">Key to text.</param>
public sealed record Preset(string Key, string Name, string Source, IReadOnlyDictionary<string, string> Values);
