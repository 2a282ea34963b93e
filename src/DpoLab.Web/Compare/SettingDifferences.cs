using System.Text.Json;
using System.Text.Json.Nodes;
using DpoLab.Contracts;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Shell;

namespace DpoLab.Web.Compare;

/// <summary>What is not the same in several specs.</summary>
public static class SettingDifferences
{
    private const string Variants = "variants[";

    /// <summary>
    /// The settings that differ, in the order of the first spec that has them. Variants go by their names; one that a single spec has is a row of its
    /// own, not a setting that differs.
    /// </summary>
    public static IReadOnlyList<DifferingSetting> Of(IReadOnlyList<RunParameters> specs)
    {
        ArgumentNullException.ThrowIfNull(specs);
        Dictionary<string, string>[] flat = [.. specs.Select(Flat)];
        return
        [
            .. flat.SelectMany(settings => settings.Keys).Distinct(StringComparer.Ordinal)
                .Select(path => new DifferingSetting(path, [.. flat.Select(settings => settings.GetValueOrDefault(path))]))
                .Where(setting => setting.Values.Distinct(StringComparer.Ordinal).Count() > 1)
                .Where(setting => !setting.Path.StartsWith(Variants, StringComparison.Ordinal) || setting.Values.Count(value => value is not null) > 1),
        ];
    }

    private static Dictionary<string, string> Flat(RunParameters spec)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        Add("", JsonSerializer.SerializeToNode(spec, ContractJson.Options), settings);
        return settings;
    }

    private static void Add(string path, JsonNode? node, Dictionary<string, string> settings)
    {
        switch (node)
        {
            case JsonObject input when input.ContainsKey("source") && input.ContainsKey("location"):
                settings[path] = InputWords(input.Deserialize<InputRef>(ContractJson.Options)!);
                break;
            case JsonObject parts:
                foreach (var (name, value) in parts)
                    Add(path.Length == 0 ? name : $"{path}.{name}", value, settings);
                break;
            case JsonArray { Count: > 0 } items when items.All(item => item is JsonValue):
                settings[path] = string.Join(", ", items.Select(item => Text(item!)));
                break;
            case JsonArray items:
                for (int i = 0; i < items.Count; i++)
                    Add($"{path}[{(items[i] as JsonObject)?["name"]?.ToString() ?? $"{i}"}]", items[i], settings);
                break;
            case not null:
                settings[path] = Text(node);
                break;
        }
    }

    /// <summary>Its name, and what tells two of one name apart.</summary>
    private static string InputWords(InputRef input) => string.Join(' ', new[] { input.Name, input.RunId, Numbers.Digest(input.Digest) }.Where(part => part is not null && part != Numbers.None).Distinct());

    private static string Text(JsonNode node) => node.GetValueKind() is JsonValueKind.Number ? Numbers.Setting(node.GetValue<double>()) : node.ToString();
}
