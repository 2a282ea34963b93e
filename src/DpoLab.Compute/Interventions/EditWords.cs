using System.Globalization;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Interventions;

/// <summary>How an edit is called in rows: form, α, β, and what of it is not as usual.</summary>
public static class EditWords
{
    private const int AllGroups = 4;

    /// <summary>As <c>edit, live, α 0.05, β 0.3</c>, then <c>reversed</c>, the groups unless all take part, and the layers unless all are edited.</summary>
    public static string Of(EditIntervention edit)
    {
        ArgumentNullException.ThrowIfNull(edit);
        string words = string.Create(CultureInfo.InvariantCulture, $"edit, {Of(edit.Form)}, α {edit.Alpha}, β {edit.Beta}");
        if (edit.Reversed)
            words += ", reversed";
        if (edit.Groups.Count < AllGroups)
            words += ", " + string.Join(' ', edit.Groups.Select(group => group.ToString().ToUpperInvariant()));
        return (edit.FirstLayer, edit.LastLayer) is (null, null) ? words : $"{words}, layers {edit.FirstLayer ?? 0} to {edit.LastLayer?.ToString(CultureInfo.InvariantCulture) ?? "last"}";
    }

    /// <summary>constant, live, shift.</summary>
    public static string Of(InterventionForm form) => form switch
    {
        InterventionForm.Constant => "constant",
        InterventionForm.Live => "live",
        InterventionForm.Shift => "shift",
        _ => throw new ArgumentOutOfRangeException(nameof(form), form, "There is no such form."),
    };
}
