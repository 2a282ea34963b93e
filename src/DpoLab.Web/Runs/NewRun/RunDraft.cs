using System.Collections.Immutable;

namespace DpoLab.Web.Runs.NewRun;

/// <summary>A form as it stands: every field as text, half-filled or wrong as it may be. What differs from the preset is its address.</summary>
public sealed record RunDraft
{
    public required RunForm Form { get; init; }

    public required Preset Preset { get; init; }

    /// <summary>Only what differs from the preset, by field key.</summary>
    public ImmutableSortedDictionary<string, string> Changes { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Null: named by what it does (<see cref="RunForm.SuggestName"/>).</summary>
    public string? Name { get; init; }

    /// <summary>The study that the runs join; null: none.</summary>
    public string? Study { get; init; }

    /// <summary>The compute service; null: the only or the first one.</summary>
    public string? Service { get; init; }

    /// <summary>Fields whose unusual value was confirmed.</summary>
    public ImmutableSortedSet<string> Confirmed { get; init; } = [];

    /// <summary>The text in a field.</summary>
    public string this[string key] =>
        Changes.TryGetValue(key, out string? text) || Preset.Values.TryGetValue(key, out text) ? text : Form.Default(key);

    /// <summary>The preset's text of a field.</summary>
    public string PresetText(string key) => Preset.Values.GetValueOrDefault(key) ?? Form.Default(key);

    /// <summary>A draft with one field changed; back at the preset's text it counts as unchanged.</summary>
    public RunDraft With(string key, string text) =>
        this with { Changes = text == PresetText(key) ? Changes.Remove(key) : Changes.SetItem(key, text) };

    /// <summary>The fields that matter for what is chosen, with the variants' own.</summary>
    public IEnumerable<FormField> ShownFields() =>
        Form.Sections(this).SelectMany(section => section.Fields).Where(field => field.Shown(this)).SelectMany(field => field.Line);
}
