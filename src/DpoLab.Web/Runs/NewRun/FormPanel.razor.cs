using DpoLab.Web.Runs.NewRun.Forms;
using DpoLab.Web.Studies;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Runs.NewRun;

/// <summary>The middle of the page: every field of a draft.</summary>
public partial class FormPanel
{
    private const int MostOpenRows = 2;

    [Parameter, EditorRequired]
    public RunDraft Draft { get; set; } = null!;

    [Parameter, EditorRequired]
    public RunPlan Plan { get; set; } = null!;

    [Parameter]
    public InputOptions Options { get; set; } = InputOptions.None;

    [Parameter]
    public IReadOnlyList<StudySummary> Studies { get; set; } = [];

    /// <summary>Empty required fields complain.</summary>
    [Parameter]
    public bool Strict { get; set; }

    /// <summary>Lesser fields are unfolded.</summary>
    [Parameter]
    public bool More { get; set; }

    [Parameter]
    public EventCallback<bool> MoreChanged { get; set; }

    [Parameter]
    public EventCallback<RunDraft> DraftChanged { get; set; }

    /// <summary>A preset was chosen; what was typed before is given up.</summary>
    [Parameter]
    public EventCallback<Preset> PresetChosen { get; set; }

    /// <summary>Few and short enough to stand side by side in the header at 1280 px; else they are a list.</summary>
    private bool PresetsFit => Draft.Form.Presets.Count <= 4 && Draft.Form.Presets.Sum(preset => preset.Name.Length) <= 36;

    private bool IsStudy => Draft.Form is StudyForm;

    private List<FormField> MinorFields => [.. Draft.Form.Sections(Draft).SelectMany(s => s.Fields).Where(f => f.Minor && f.Shown(Draft))];

    private string MinorWords
    {
        get
        {
            var labels = MinorFields.Select(f => f.Label.Split(',')[0].ToLowerInvariant()).Distinct().ToList();
            return string.Join(", ", labels.Take(6)) + (labels.Count > 6 ? " …" : "");
        }
    }

    private IEnumerable<FormField> Major(FormSection section) => section.Fields.Where(field => !field.Minor && field.Shown(Draft));

    /// <summary>A few rows lie open; of many only those with something wrong.</summary>
    private bool IsOpen(FormSection section) =>
        VariantForm.VariantCount(Draft) <= MostOpenRows || section.Fields.Any(field => Plan.Errors.Any(error => error.Key == field.Key));

    /// <summary>True: one more variant comes after this section. Where there is none yet, that is the first section, which has no title.</summary>
    private bool EndsVariants(FormSection section) => Draft.Form is VariantForm
        && (VariantForm.VariantCount(Draft) is > 0 and var count ? Variant(section) == count - 1 : section.Title.Length == 0);

    private static int? Variant(FormSection section) =>
        section.Fields[0].Key is var key && key.StartsWith("variants[", StringComparison.Ordinal) && int.TryParse(key["variants[".Length..key.IndexOf(']', StringComparison.Ordinal)], out int index)
            ? index
            : null;

    private Task OnPresetAsync(ChangeEventArgs e) =>
        PresetChosen.InvokeAsync(Draft.Form.Presets.First(preset => preset.Key == e.Value?.ToString()));

    private Task OnNameAsync(string? name) => DraftChanged.InvokeAsync(Draft with { Name = string.IsNullOrEmpty(name) ? null : name });

    private Task OnStudyAsync(ChangeEventArgs e) =>
        DraftChanged.InvokeAsync(Draft with { Study = e.Value?.ToString() is { Length: > 0 } study ? study : null });

    private Task OnFieldAsync((string Key, string Text) change) => DraftChanged.InvokeAsync(Draft.With(change.Key, change.Text));

    private Task OnConfirmedAsync((string Key, bool Sure) change) =>
        DraftChanged.InvokeAsync(Draft with { Confirmed = change.Sure ? Draft.Confirmed.Add(change.Key) : Draft.Confirmed.Remove(change.Key) });

    private RenderFragment Row(FormField field) => builder =>
    {
        builder.OpenComponent<FieldRow>(0);
        builder.SetKey(field.Key);
        builder.AddComponentParameter(1, nameof(FieldRow.Field), field);
        builder.AddComponentParameter(2, nameof(FieldRow.Draft), Draft);
        builder.AddComponentParameter(3, nameof(FieldRow.Plan), Plan);
        builder.AddComponentParameter(4, nameof(FieldRow.Options), Options);
        builder.AddComponentParameter(5, nameof(FieldRow.Strict), Strict);
        builder.AddComponentParameter(6, nameof(FieldRow.Changed), EventCallback.Factory.Create<(string, string)>(this, OnFieldAsync));
        builder.AddComponentParameter(7, nameof(FieldRow.Confirmed), EventCallback.Factory.Create<(string, bool)>(this, OnConfirmedAsync));
        builder.CloseComponent();
    };
}
