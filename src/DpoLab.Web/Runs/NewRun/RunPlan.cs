using System.Text.Json;
using System.Text.Json.Nodes;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Studies;

namespace DpoLab.Web.Runs.NewRun;

/// <summary>Something in a field that keeps the runs from being queued.</summary>
/// <param name="Key">Of the field; empty: of the form as a whole.</param>
/// <param name="Label">The field's label.</param>
/// <param name="Message">What is wrong and what to do.</param>
public sealed record DraftError(string Key, string Label, string Message);

/// <summary>One run that a draft makes.</summary>
/// <param name="Label">The values that set it apart; empty when it is the only one.</param>
/// <param name="Name">Its name in lists.</param>
/// <param name="Spec">Null while a field of it cannot be read.</param>
/// <param name="Json">The spec, as far as it can be read.</param>
public sealed record PlannedRun(string Label, string Name, object? Spec, JsonObject Json)
{
    /// <summary>Null for studies, and while a field cannot be read.</summary>
    public RunParameters? Parameters => Spec as RunParameters;

    /// <summary>Null for runs, and while a field cannot be read.</summary>
    public FourGroupsInputs? Study => Spec as FourGroupsInputs;
}

/// <summary>What a draft comes to: its runs, or what is in their way.</summary>
/// <param name="Runs">One for each combination of several values.</param>
/// <param name="Errors">Each once, in the order of the fields.</param>
/// <param name="Cautions">Unusual values.</param>
public sealed record RunPlan(IReadOnlyList<PlannedRun> Runs, IReadOnlyList<DraftError> Errors, IReadOnlyList<DraftCaution> Cautions)
{
    /// <summary>More combinations than this are refused.</summary>
    public const int MostRuns = 64;

    /// <summary>Choices that the chosen model cannot follow.</summary>
    public IReadOnlyList<DraftRefusal> Refusals { get; init; } = [];

    /// <summary>True: every run can be queued.</summary>
    public bool IsReady => Errors.Count == 0 && Runs.Count > 0;

    /// <summary>Reads and checks every run of a draft.</summary>
    public static RunPlan Of(RunDraft draft, InputOptions options)
    {
        ArgumentNullException.ThrowIfNull(draft);
        ArgumentNullException.ThrowIfNull(options);
        var fields = draft.ShownFields().ToList();
        var several = fields.Where(f => f.Several).Select(f => (Field: f, Values: FieldText.Split(draft[f.Key]))).Where(s => s.Values.Count > 1).ToList();
        long count = several.Aggregate(1L, (product, s) => product * s.Values.Count);
        if (count > MostRuns)
            return new RunPlan([], [new DraftError(several[0].Field.Key, several[0].Field.Label, $"{count:N0} runs are too many at once. Leave out values until there are at most {MostRuns}.")], []);

        var errors = new List<DraftError>();
        var runs = Combinations(several).Select(values => Plan(draft, fields, values, options, errors)).ToList();
        var cautions = draft.Form.Cautions(draft).ToList();
        errors.AddRange(cautions
            .Where(caution => caution.Confirm && !draft.Confirmed.Contains(caution.Key))
            .Select(caution => new DraftError(caution.Key, fields.First(f => f.Key == caution.Key).Label, caution.Message)));
        DraftRefusal[] refusals = [.. draft.Form.Refusals(draft, options).Where(refusal => fields.Exists(f => f.Key == refusal.Key))];
        errors.AddRange(refusals.Where(refusal => refusal.IsAsked(draft)).Select(refusal => new DraftError(refusal.Key, fields.First(f => f.Key == refusal.Key).Label, refusal.Reason)));
        var order = fields.Select((field, i) => (field.Key, i)).ToDictionary(p => p.Key, p => p.i, StringComparer.Ordinal);
        return new RunPlan(runs, [.. errors.Distinct().OrderBy(error => order.GetValueOrDefault(error.Key, -1))], cautions) { Refusals = refusals };
    }

    private static PlannedRun Plan(
        RunDraft draft, List<FormField> fields, Dictionary<string, string> values, InputOptions options, List<DraftError> errors)
    {
        var root = draft.Form.NewSpec();
        bool readable = true;
        foreach (var field in fields.Where(field => field.Kind is not FieldKind.Layout))
        {
            try
            {
                Put(root, field, FieldText.Read(field, values.GetValueOrDefault(field.Key) ?? draft[field.Key], options));
            }
            catch (FormatException e)
            {
                readable = false;
                errors.Add(new DraftError(field.Key, field.Label, e.Message));
            }
        }

        draft.Form.Complete(draft, root);
        string label = string.Join(", ", values.Select(value => $"{fields.First(f => f.Key == value.Key).Label} {value.Value}"));
        string name = draft.Name ?? draft.Form.SuggestName(draft, options);
        var spec = readable ? Check(draft.Form, root, fields, errors) : null;
        return new PlannedRun(label, label.Length == 0 ? name : $"{name}, {label}", spec, root);
    }

    private static void Put(JsonObject root, FormField field, JsonNode? value)
    {
        // "the first n of nothing" has no place to be written to
        if (field.Key.EndsWith(".limit", StringComparison.Ordinal) && (value is null || JsonPath.Get(root, field.Key[..^".limit".Length]) is null))
            return;
        // an optional text that is empty is absent, not ""
        JsonPath.Set(root, field.Key, value);
    }

    private static object? Check(RunForm form, JsonObject root, List<FormField> fields, List<DraftError> errors)
    {
        try
        {
            var (spec, found) = form.Read(root);
            errors.AddRange(found.Select(error => FieldFor(error, fields)));
            return found.Count == 0 ? spec : null;
        }
        catch (JsonException e)
        {
            errors.Add(new DraftError("", "", $"The spec cannot be read: {e.Message}"));
            return null;
        }
    }

    /// <summary>An error names a place of the spec; a field may hold it, a part of it, or be the one that chooses it.</summary>
    private static DraftError FieldFor(FieldError error, List<FormField> fields)
    {
        var field = fields.Find(f => f.Key == error.Field)
            ?? fields.Find(f => Plain(f.Key) == error.Field)
            ?? fields.Find(f => Plain(f.Key).StartsWith(error.Field + ".", StringComparison.Ordinal));
        return new DraftError(field?.Key ?? "", field?.Label ?? "", error.Message);

        static string Plain(string key) => key.Replace(".intervention", "", StringComparison.Ordinal);
    }

    private static IEnumerable<Dictionary<string, string>> Combinations(List<(FormField Field, IReadOnlyList<string> Values)> several)
    {
        IEnumerable<Dictionary<string, string>> all = [new(StringComparer.Ordinal)];
        foreach (var (field, values) in several)
            all = all.SelectMany(before => values.Select(value => new Dictionary<string, string>(before, StringComparer.Ordinal) { [field.Key] = value })).ToList();
        return all;
    }
}
