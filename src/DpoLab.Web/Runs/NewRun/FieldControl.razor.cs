using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Runs.NewRun;

/// <summary>The control of one field.</summary>
public partial class FieldControl
{
    /// <summary>More choices than this make a list.</summary>
    private const int MostSegments = 3;

    [Parameter, EditorRequired]
    public FormField Field { get; set; } = null!;

    [Parameter, EditorRequired]
    public string Text { get; set; } = "";

    [Parameter]
    public InputOptions Options { get; set; } = InputOptions.None;

    /// <summary>The outputs of the scorer that the field belongs to.</summary>
    [Parameter]
    public IReadOnlyList<string> Outputs { get; set; } = [];

    /// <summary>Choices that the model cannot follow, with the reason.</summary>
    [Parameter]
    public IReadOnlyDictionary<string, string> Refused { get; set; } = new Dictionary<string, string>();

    [Parameter]
    public bool Invalid { get; set; }

    [Parameter]
    public EventCallback<string> Changed { get; set; }

    private string Id => FieldIds.Of(Field.Key);

    private string? Described => Field.Help.Length == 0 ? null : $"{Id}-help {(Invalid ? $"{Id}-error" : "")}".TrimEnd();

    /// <summary>Second fields of a line have no label of their own on the page.</summary>
    private string? Label => Field.Help.Length == 0 ? Field.Label : null;

    /// <summary>True for a few short choices, which are shown side by side.</summary>
    internal static bool IsSegments(FormField field)
    {
        ArgumentNullException.ThrowIfNull(field);
        return field.Kind is FieldKind.Choice or FieldKind.Layout && field.Choices.Count <= MostSegments && field.Choices.Sum(choice => choice.Label.Length) < 30;
    }

    // bound both ways rather than by value and event: a plain value would overwrite what is typed while the server answers
    private Task SayAsync(string? text) => Changed.InvokeAsync(text ?? "");

    // what was chosen before the model was stays, with its error, until something else is chosen
    private bool IsRefused(FieldChoice choice) => choice.Value != Text && Refused.ContainsKey(choice.Value);

    private string? Hint(FieldChoice choice) => Refused.GetValueOrDefault(choice.Value) ?? choice.Hint;

    private bool Has(FieldChoice choice) => FieldText.Split(Text).Contains(choice.Value);

    private Task ToggleAsync(FieldChoice choice) =>
        Changed.InvokeAsync(string.Join(", ", Field.Choices.Where(c => c == choice ? !Has(c) : Has(c)).Select(c => c.Value)));
}
