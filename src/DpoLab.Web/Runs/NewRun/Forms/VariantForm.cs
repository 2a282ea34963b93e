using System.Text.Json.Nodes;

namespace DpoLab.Web.Runs.NewRun.Forms;

/// <summary>A form with a list of variants: models as they are, or with something done to them.</summary>
public abstract class VariantForm : RunForm
{
    /// <summary>How many variants the form holds.</summary>
    public const string Count = "rows";

    private const int Most = 40;

    /// <summary>Variants that there are at least.</summary>
    protected virtual int Least => 1;

    /// <summary>Variants in the form; forms without variants: 0.</summary>
    public static int VariantCount(RunDraft draft)
    {
        ArgumentNullException.ThrowIfNull(draft);
        return draft.Form is not VariantForm form ? 0 : int.TryParse(draft[Count], out int count) ? Math.Clamp(count, form.Least, Most) : form.Least;
    }

    /// <summary>True: one of the variants can be taken away.</summary>
    public static bool CanRemove(RunDraft draft)
    {
        ArgumentNullException.ThrowIfNull(draft);
        return draft.Form is VariantForm form && VariantCount(draft) > form.Least;
    }

    /// <summary>A draft with one more variant at its end.</summary>
    public static RunDraft Add(RunDraft draft)
    {
        ArgumentNullException.ThrowIfNull(draft);
        return draft.With(Count, $"{VariantCount(draft) + 1}");
    }

    /// <summary>A draft without one of its variants; those after it move up.</summary>
    public static RunDraft Remove(RunDraft draft, int index)
    {
        ArgumentNullException.ThrowIfNull(draft);
        int last = VariantCount(draft) - 1;
        for (int i = index; i < last; i++)
        {
            foreach (string key in VariantFields.Keys)
                draft = draft.With(VariantFields.At(i, key), draft[VariantFields.At(i + 1, key)]);
        }

        foreach (string key in VariantFields.Keys)
            draft = draft.With(VariantFields.At(last, key), draft.PresetText(VariantFields.At(last, key)));
        return draft.With(Count, $"{last}");
    }

    /// <inheritdoc/>
    public override string Default(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key == Count ? "1" : VariantFields.Default(key) ?? base.Default(key);
    }

    /// <inheritdoc/>
    internal override void Complete(RunDraft draft, JsonObject root)
    {
        for (int i = 0; i < VariantCount(draft); i++)
            VariantFields.Complete(draft, root, i);
    }

    /// <summary>A section for each variant.</summary>
    protected static IEnumerable<FormSection> VariantSections(RunDraft draft) =>
        Enumerable.Range(0, VariantCount(draft)).Select(VariantFields.Section);

    /// <inheritdoc/>
    private protected override RunDraft Layout(RunDraft draft, JsonObject root)
    {
        int count = root["variants"]!.AsArray().Count;
        draft = draft.With(Count, $"{count}");
        for (int i = 0; i < count; i++)
            draft = VariantFields.Layout(draft, root, i);
        return draft;
    }
}
