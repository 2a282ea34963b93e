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
    /// The settings that differ, in the order of the first thing that has them. Runs of studies are matched by what they are for; one that a single
    /// study has is left out, as are inputs that each study made itself. What differs alike in several runs is one setting. Variants
    /// go by their names; one that a single spec has is a row of its own, not a setting that differs.
    /// </summary>
    public static IReadOnlyList<DifferingSetting> Of(IReadOnlyList<IReadOnlyList<ComparedPart>> things)
    {
        ArgumentNullException.ThrowIfNull(things);
        var shared = things.SelectMany(parts => parts.Select(part => part.Key).Distinct(StringComparer.Ordinal))
            .GroupBy(key => key, StringComparer.Ordinal).Where(key => key.Count() > 1).Select(key => key.Key);
        return
        [
            .. shared.SelectMany(key => OfKey(key, things))
                .GroupBy(setting => $"{setting.Path}\n{string.Join('\n', setting.Values)}", StringComparer.Ordinal)
                .Select(same => same.First() with { Of = [.. same.SelectMany(setting => setting.Of)] }),
        ];
    }

    /// <summary>Of the runs that are for one thing, in the studies that have such a run.</summary>
    private static IEnumerable<DifferingSetting> OfKey(string key, IReadOnlyList<IReadOnlyList<ComparedPart>> things)
    {
        Dictionary<string, string>?[] flat = [.. things.Select(parts => parts.FirstOrDefault(part => part.Key == key) is { } part ? Flat(part, parts) : null)];
        return flat.OfType<Dictionary<string, string>>().SelectMany(settings => settings.Keys).Distinct(StringComparer.Ordinal)
            .Select(path => new DifferingSetting(path, [.. flat.Select(settings => settings?.GetValueOrDefault(path))], [key]))
            .Where(setting => setting.Values.Where((_, thing) => flat[thing] is not null).Distinct(StringComparer.Ordinal).Count() > 1)
            .Where(setting => !setting.Path.StartsWith(Variants, StringComparison.Ordinal) || setting.Values.Count(value => value is not null) > 1);
    }

    private static Dictionary<string, string> Flat(ComparedPart part, IReadOnlyList<ComparedPart> parts)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        var own = parts.Where(other => other.Key.Length > 0).ToDictionary(other => other.RunId, other => other.Key, StringComparer.Ordinal);
        Add("", JsonSerializer.SerializeToNode(part.Parameters, ContractJson.Options), settings, own);
        return settings;
    }

    private static void Add(string path, JsonNode? node, Dictionary<string, string> settings, IReadOnlyDictionary<string, string> own)
    {
        switch (node)
        {
            case JsonObject input when input.ContainsKey("source") && input.ContainsKey("location"):
                settings[path] = InputWords(input.Deserialize<InputRef>(ContractJson.Options)!, own);
                break;
            case JsonObject parts:
                foreach (var (name, value) in parts)
                    Add(path.Length == 0 ? name : $"{path}.{name}", value, settings, own);
                break;
            case JsonArray { Count: > 0 } items when items.All(item => item is JsonValue):
                settings[path] = string.Join(", ", items.Select(item => Text(item!)));
                break;
            case JsonArray items:
                for (int i = 0; i < items.Count; i++)
                    Add($"{path}[{(items[i] as JsonObject)?["name"]?.ToString() ?? $"{i}"}]", items[i], settings, own);
                break;
            case not null:
                settings[path] = Text(node);
                break;
        }
    }

    /// <summary>Its name, and what tells two of one name apart; of what the same study made, which of its runs made it.</summary>
    private static string InputWords(InputRef input, IReadOnlyDictionary<string, string> own) => input.RunId is { } run && own.TryGetValue(run, out string? key)
        ? $"{input.Location} of {key}"
        : string.Join(' ', new[] { input.Name, input.RunId, Numbers.Digest(input.Digest) }.Where(part => part is not null && part != Numbers.None).Distinct());

    private static string Text(JsonNode node) => node.GetValueKind() is JsonValueKind.Number ? Numbers.Setting(node.GetValue<double>()) : node.ToString();
}
