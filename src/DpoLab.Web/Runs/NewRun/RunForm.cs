using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DpoLab.Contracts;
using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Runs;

namespace DpoLab.Web.Runs.NewRun;

/// <summary>The form of one kind of run: its fields as data. Values and limits are those of the contracts.</summary>
public abstract class RunForm
{
    private readonly Lazy<JsonObject> template;

    protected RunForm() => template = new(BlankSpec);

    /// <summary>The kind of run, in the address and in the spec.</summary>
    public abstract string Key { get; }

    public abstract string Title { get; }

    /// <summary>What it is for, in a few words.</summary>
    public abstract string Summary { get; }

    /// <summary>The first is chosen at the start.</summary>
    public abstract IReadOnlyList<Preset> Presets { get; }

    /// <summary>The record with the lab's defaults and nothing chosen.</summary>
    protected abstract RunParameters Blank { get; }

    /// <summary>What the page's button says for one of them, and for several.</summary>
    public virtual (string One, string Several) Nouns => ("run", "runs");

    /// <summary>The fields, which may depend on what was entered (an evaluation's variants).</summary>
    public abstract IReadOnlyList<FormSection> Sections(RunDraft draft);

    /// <summary>What the run is called unless someone names it.</summary>
    public abstract string SuggestName(RunDraft draft, InputOptions options);

    /// <summary>Values that can work but are likely a mistake.</summary>
    public virtual IEnumerable<DraftCaution> Cautions(RunDraft draft) => [];

    /// <summary>The field of the model that works.</summary>
    protected virtual string ModelKey => "model";

    /// <summary>What the chosen model cannot do of what the form offers, in the words that the run would refuse it with.</summary>
    public virtual IEnumerable<DraftRefusal> Refusals(RunDraft draft, InputOptions options)
    {
        ArgumentNullException.ThrowIfNull(draft);
        ArgumentNullException.ThrowIfNull(options);
        if (options.ReportOf(draft[ModelKey]) is not { } model)
            yield break;
        foreach (Precision precision in Enum.GetValues<Precision>())
        {
            if (ModelRefusals.Memory(model.Parameters, precision is Precision.Bf16 ? sizeof(short) : sizeof(float), options.Device?.MemoryBytes, options.Device?.Name ?? "") is { } tooLarge)
                yield return new DraftRefusal("precision", Shell.Words.Of(precision), tooLarge);
        }

        if (int.TryParse(draft["data.window"], NumberStyles.None, CultureInfo.InvariantCulture, out int window) && ModelRefusals.Window(window, model.ContextLength) is { } tooLong)
            yield return new DraftRefusal("data.window", null, tooLong);
    }

    /// <summary>The lab's default text of a field.</summary>
    public virtual string Default(string key) =>
        Sections(Draft()).SelectMany(section => section.Fields).SelectMany(field => field.Line).FirstOrDefault(field => field.Key == key) is { } found
            ? FieldText.Write(found, JsonPath.Get(template.Value, key))
            : "";

    /// <summary>An untouched draft.</summary>
    public RunDraft Draft() => new() { Form = this, Preset = Presets[0] };

    /// <summary>The spec's JSON with nothing entered yet.</summary>
    internal JsonObject NewSpec() => template.Value.DeepClone().AsObject();

    /// <summary>What the JSON says, and what is wrong with it.</summary>
    /// <exception cref="JsonException">It says nothing that can be read.</exception>
    internal virtual (object Spec, IReadOnlyList<FieldError> Errors) Read(JsonObject root)
    {
        var parameters = root.Deserialize<RunParameters>(ContractJson.Options)!;
        return (parameters, parameters.Validate());
    }

    /// <summary>The JSON of <see cref="Blank"/>.</summary>
    private protected virtual JsonObject BlankSpec() => JsonSerializer.SerializeToNode(Blank, ContractJson.Options)!.AsObject();

    /// <summary>Adds what the spec says through several fields.</summary>
    internal virtual void Complete(RunDraft draft, JsonObject root)
    {
    }

    /// <summary>A draft that makes the same run again: only what differs from the first preset is kept.</summary>
    public RunDraft Clone(RunParameters parameters)
    {
        var root = JsonSerializer.SerializeToNode(parameters, ContractJson.Options)!.AsObject();
        var draft = Layout(Draft(), root);
        var written = new HashSet<string>(StringComparer.Ordinal);
        // a field that is written can bring others to light (the robust loss its smoothing)
        while (draft.ShownFields().FirstOrDefault(field => field.Kind is not FieldKind.Layout && written.Add(field.Key)) is { } field)
            draft = draft.With(field.Key, FieldText.Write(field, JsonPath.Get(root, field.Key)));
        return draft;
    }

    /// <summary>Sets the fields that the spec does not hold by themselves.</summary>
    private protected virtual RunDraft Layout(RunDraft draft, JsonObject root) => draft;
}

/// <summary>A value that is likely a mistake.</summary>
/// <param name="Key">Of the field.</param>
/// <param name="Message">Why, and what to do.</param>
/// <param name="Confirm">True: the run waits until someone says that it is meant.</param>
public sealed record DraftCaution(string Key, string Message, bool Confirm);

/// <summary>Something that the chosen model cannot do.</summary>
/// <param name="Key">Of the field.</param>
/// <param name="Value">The choice that is refused; null: what stands in the field.</param>
/// <param name="Reason">As the run would say it.</param>
public sealed record DraftRefusal(string Key, string? Value, string Reason)
{
    /// <summary>True: the draft asks for it.</summary>
    public bool IsAsked(RunDraft draft)
    {
        ArgumentNullException.ThrowIfNull(draft);
        return Value is null || draft[Key] == Value;
    }
}
