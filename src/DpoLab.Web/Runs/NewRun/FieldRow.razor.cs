using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Runs.NewRun;

/// <summary>One line of a form.</summary>
public partial class FieldRow
{
    [Parameter, EditorRequired]
    public FormField Field { get; set; } = null!;

    [Parameter, EditorRequired]
    public RunDraft Draft { get; set; } = null!;

    [Parameter, EditorRequired]
    public RunPlan Plan { get; set; } = null!;

    [Parameter, EditorRequired]
    public InputOptions Options { get; set; } = InputOptions.None;

    /// <summary>True once someone tried to queue: only then do empty fields complain.</summary>
    [Parameter]
    public bool Strict { get; set; }

    /// <summary>Key and text of the field that was typed in.</summary>
    [Parameter]
    public EventCallback<(string Key, string Text)> Changed { get; set; }

    /// <summary>An unusual value was confirmed, or no longer.</summary>
    [Parameter]
    public EventCallback<(string Key, bool Sure)> Confirmed { get; set; }

    private bool IsSegments => FieldControl.IsSegments(Field);

    // what can be confirmed is said above its check box, not as the field's error
    private string? Error => Plan.Errors
        .FirstOrDefault(error => Field.Line.Any(f => f.Key == error.Key && Complains(f)) && !Cautions.Any(caution => caution.Confirm && caution.Message == error.Message))?.Message;

    private IEnumerable<DraftCaution> Cautions => Plan.Cautions.Where(caution => caution.Key == Field.Key).DistinctBy(caution => caution.Confirm);

    /// <summary>With hyphens at which <c>1e-6</c> does not break.</summary>
    private string Help => Exponent().Replace(Field.Help, "e\u2011");

    private int Several => Field.Several ? FieldText.Split(Draft[Field.Key]).Count : 1;

    /// <summary>What is known about what was chosen.</summary>
    private string Note => Field.Kind switch
    {
        FieldKind.Input => Options.Inputs.FirstOrDefault(option => option.Role == Field.Role && InputText.Write(option.Reference) == Draft[Field.Key])?.Note ?? "",
        FieldKind.Dataset => Options.Datasets.FirstOrDefault(option => option.Kind == Field.Dataset && InputText.Write(option.Reference.File) == Draft[Field.Key])?.Note ?? "",
        _ => "",
    };

    private bool IsChanged => Field.Line.Any(f => f.Kind is not (FieldKind.Input or FieldKind.Dataset)
        && !f.Key.StartsWith("variants[", StringComparison.Ordinal) && Draft.Changes.ContainsKey(f.Key) && Draft.PresetText(f.Key).Length > 0);

    private string PresetWords => string.Join(" · ", Field.Line.Where(f => Draft.PresetText(f.Key).Length > 0).Select(PresetWord));

    private string PresetWord(FormField field)
    {
        string text = Draft.PresetText(field.Key);
        return field.Choices.Count == 0 ? text : string.Join(", ", FieldText.Split(text).Select(value => field.Choices.FirstOrDefault(c => c.Value == value)?.Label ?? value));
    }

    /// <summary>Choices of the line that the model cannot follow, by reason; what is chosen says so in its error.</summary>
    private IEnumerable<IGrouping<string, string>> CannotDo => Plan.Refusals
        .Where(refusal => !refusal.IsAsked(Draft) && Field.Line.Any(f => f.Key == refusal.Key))
        .GroupBy(refusal => refusal.Reason, refusal => Field.Line.First(f => f.Key == refusal.Key).Choices.FirstOrDefault(c => c.Value == refusal.Value)?.Label ?? refusal.Value!);

    private Dictionary<string, string> RefusedOf(FormField field) => Plan.Refusals
        .Where(refusal => refusal.Key == field.Key && refusal.Value is not null).ToDictionary(refusal => refusal.Value!, refusal => refusal.Reason, StringComparer.Ordinal);

    private bool HasError(FormField field) => Complains(field) && Plan.Errors.Any(error => error.Key == field.Key);

    private bool Complains(FormField field) => Strict || Draft[field.Key].Length > 0 || Draft.Changes.ContainsKey(field.Key);

    [GeneratedRegex(@"(?<=\d)e-(?=\d)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Exponent();

    private async Task BackAsync()
    {
        foreach (var field in Field.Line)
            await Changed.InvokeAsync((field.Key, Draft.PresetText(field.Key)));
    }
}

/// <summary>Ids of fields in the page.</summary>
internal static class FieldIds
{
    /// <summary>As <c>f-data-newTokens</c>.</summary>
    public static string Of(string key) => "f-" + key.Replace('.', '-').Replace('[', '-').Replace("]", "", StringComparison.Ordinal);
}
