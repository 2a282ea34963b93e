using System.Collections.Immutable;
using DpoLab.Web.Runs.NewRun.Forms;
using Microsoft.AspNetCore.WebUtilities;

namespace DpoLab.Web.Runs.NewRun;

/// <summary>A draft as an address and back, so that copying the address shares the form, half-filled as it may be.</summary>
public static class DraftAddress
{
    private const string Kind = "kind";
    private const string PresetKey = "preset";
    private const string Name = "name";
    private const string Study = "study";
    private const string Service = "on";
    private const string Confirmed = "sure";

    /// <summary>The query values that say what the draft says; nulls stand for what is at its default.</summary>
    public static IReadOnlyList<(string Name, string? Value)> Write(RunDraft draft)
    {
        ArgumentNullException.ThrowIfNull(draft);
        return
        [
            (Kind, draft.Form.Key),
            (PresetKey, draft.Preset == draft.Form.Presets[0] ? null : draft.Preset.Key),
            (Name, draft.Name),
            (Study, draft.Study),
            (Service, draft.Service),
            (Confirmed, draft.Confirmed.Count == 0 ? null : string.Join(',', draft.Confirmed)),
            .. draft.Changes.Select(change => (Short(change.Key), (string?)change.Value)),
        ];
    }

    /// <summary>The draft that a query says. Unknown kinds and presets become the first; unknown fields are left out.</summary>
    public static RunDraft Read(string query)
    {
        var values = QueryHelpers.ParseQuery(query);
        string? Value(string key) => values.TryGetValue(key, out var found) ? found.ToString() : null;

        var form = RunForms.Find(Value(Kind)) ?? RunForms.Find("dpo")!;
        var draft = new RunDraft
        {
            Form = form,
            Preset = form.Presets.FirstOrDefault(preset => preset.Key == Value(PresetKey)) ?? form.Presets[0],
            Name = Value(Name),
            Study = Value(Study),
            Service = Value(Service),
            Confirmed = [.. Value(Confirmed)?.Split(',') ?? []],
        };
        // the number of rows comes first: it decides which other fields there are
        if (Value(VariantForm.Count) is { } rows)
            draft = draft.With(VariantForm.Count, rows);
        var known = draft.Form.Sections(draft).SelectMany(s => s.Fields).SelectMany(f => f.Line).Select(f => f.Key).ToImmutableHashSet();
        foreach (var (key, value) in values)
        {
            if (known.Contains(Long(key)))
                draft = draft.With(Long(key), value.ToString());
        }

        return draft;
    }

    // variants[0].alpha reads as v0.alpha in an address, where brackets would be escaped
    private static string Short(string key) =>
        key.StartsWith("variants[", StringComparison.Ordinal) ? "v" + key["variants[".Length..].Replace("]", "", StringComparison.Ordinal) : key;

    private static string Long(string key)
    {
        int dot = key.IndexOf('.', StringComparison.Ordinal);
        return dot > 1 && key[0] == 'v' && key[1..dot].All(char.IsAsciiDigit) ? $"variants[{key[1..dot]}]{key[dot..]}" : key;
    }
}
