using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DpoLab.Contracts;
using DpoLab.Contracts.Runs;

namespace DpoLab.Web.Runs.NewRun;

/// <summary>Between a field's text and its JSON in the spec. A text that cannot be read is a <see cref="FormatException"/> for people.</summary>
internal static class FieldText
{
    private static readonly char[] Separators = [',', ';', '\n'];

    /// <summary>The parts of a list, trimmed, empty ones left out.</summary>
    public static IReadOnlyList<string> Split(string text) =>
        text.Split(Separators, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The field's JSON; null when it is empty.</summary>
    public static JsonNode? Read(FormField field, string text, InputOptions options)
    {
        if (field.Kind is FieldKind.Text or FieldKind.ScorerOutput)
            return text.Length > 0 ? text : Nothing(field);
        text = text.Trim();
        if (text.Length == 0)
            return field.Kind is FieldKind.Numbers or FieldKind.Words or FieldKind.Choices or FieldKind.Budgets or FieldKind.NeuronList ? new JsonArray() : Nothing(field);
        return field.Kind switch
        {
            FieldKind.Integer => Integer(text),
            FieldKind.Number => Number(text),
            FieldKind.Numbers => Array(Split(text).Select(part => (JsonNode)Number(part))),
            FieldKind.Words => Array(Split(text).Select(part => (JsonNode)part)),
            FieldKind.Choice => Choice(field, text),
            FieldKind.Choices => Array(Split(text).Select(part => (JsonNode)Choice(field, part))),
            FieldKind.Switch => text == "true",
            FieldKind.Input => JsonSerializer.SerializeToNode(options.Input(field.Role, text), ContractJson.Options),
            FieldKind.Dataset => JsonSerializer.SerializeToNode(options.Dataset(field.Dataset, text), ContractJson.Options),
            FieldKind.Budgets => Array(Split(text).Select(part => JsonSerializer.SerializeToNode(BudgetText.Read(part), ContractJson.Options)!)),
            FieldKind.NeuronList => Array(Split(text).Select(part => JsonSerializer.SerializeToNode(NeuronText.Read(part), ContractJson.Options)!)),
            _ => null,
        };
    }

    /// <summary>The text of what a spec holds; empty for nothing.</summary>
    public static string Write(FormField field, JsonNode? node) => node is null ? "" : field.Kind switch
    {
        FieldKind.Number => Number(node.GetValue<double>()),
        FieldKind.Numbers => string.Join(", ", node.AsArray().Select(n => Number(n!.GetValue<double>()))),
        FieldKind.Words or FieldKind.Choices => string.Join(", ", node.AsArray().Select(n => n!.GetValue<string>())),
        FieldKind.Switch => node.GetValue<bool>() ? "true" : "false",
        FieldKind.Input => InputText.Write(node.Deserialize<InputRef>(ContractJson.Options)!),
        FieldKind.Dataset => InputText.Write(node.Deserialize<DatasetRef>(ContractJson.Options)!.File),
        FieldKind.Budgets => string.Join(", ", node.AsArray().Select(n => BudgetText.Write(n.Deserialize<PerplexityBudget>(ContractJson.Options)!))),
        FieldKind.NeuronList => string.Join(", ", node.AsArray().Select(n => NeuronText.Write(n.Deserialize<NeuronIndex>(ContractJson.Options)))),
        _ => node.ToString(),
    };

    /// <summary>A number as people write it: <c>1e-6</c>, <c>0.05</c>, <c>6000</c>.</summary>
    public static string Number(double value)
    {
        if (value == 0 || Math.Abs(value) is >= 1e-3 and < 1e7)
            return value.ToString("0.##########", CultureInfo.InvariantCulture);
        string[] parts = value.ToString("0.######e0", CultureInfo.InvariantCulture).Split('e');
        return $"{parts[0]}e{parts[1]}";
    }

    private static JsonNode? Nothing(FormField field) =>
        field.Optional || field.Kind is FieldKind.Input or FieldKind.Dataset or FieldKind.Layout
            ? null
            : throw new FormatException($"{field.Label} is empty. Enter a value.");

    private static double Number(string text) =>
        double.TryParse(text.Replace('−', '-'), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
            ? value
            : throw new FormatException($"“{text}” is not a number. Enter one such as 0.1 or 1e-6.");

    private static long Integer(string text)
    {
        double value = double.TryParse(text, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out double number)
            ? number
            : throw new FormatException($"“{text}” is not a whole number. Enter one such as 64.");
        return value == Math.Floor(value) && Math.Abs(value) <= int.MaxValue
            ? (long)value
            : throw new FormatException($"{text} is not a whole number up to {int.MaxValue:N0}. Enter one such as 64.");
    }

    private static string Choice(FormField field, string text) =>
        field.Choices.Any(choice => choice.Value == text)
            ? text
            : throw new FormatException($"“{text}” is not offered. Choose {string.Join(" or ", field.Choices.Select(choice => choice.Label))}.");

    private static JsonArray Array(IEnumerable<JsonNode> nodes) => new([.. nodes]);
}

/// <summary>Perplexity budgets as people write them: <c>+1 %</c> over the base model, or <c>dpo</c>.</summary>
internal static class BudgetText
{
    public static PerplexityBudget Read(string text)
    {
        if (text.Equals(EvaluationBaseline.Dpo, StringComparison.OrdinalIgnoreCase))
            return new PerplexityBudget("within DPO’s perplexity", OfVariant: EvaluationBaseline.Dpo);
        string number = text.TrimStart('+').TrimEnd('%', ' ');
        return double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double percent) && percent is > -100 and <= 10_000
            ? new PerplexityBudget($"within +{FieldText.Number(percent)} %", Relative: percent / 100)
            : throw new FormatException($"“{text}” is not a budget. Enter one such as +1 %, or dpo for the tuned model’s perplexity.");
    }

    public static string Write(PerplexityBudget budget) =>
        budget.OfVariant ?? $"+{FieldText.Number((budget.Relative ?? 0) * 100)} %";
}

/// <summary>Neurons as people write them: <c>L19.770</c>, layer and index from 0.</summary>
internal static class NeuronText
{
    public static NeuronIndex Read(string text)
    {
        string[] parts = text.TrimStart('L', 'l', '(').TrimEnd(')').Split('.', '·', ':');
        return parts.Length == 2 && int.TryParse(parts[0], out int layer) && int.TryParse(parts[1].TrimStart('n', ' '), out int neuron)
            ? new NeuronIndex(layer, neuron)
            : throw new FormatException($"“{text}” is not a neuron. Enter layer and index, as L19.770.");
    }

    public static string Write(NeuronIndex neuron) => $"L{neuron.Layer}.{neuron.Neuron}";
}
