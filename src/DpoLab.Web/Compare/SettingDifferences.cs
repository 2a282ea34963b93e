using System.Text.Json;
using System.Text.Json.Nodes;
using DpoLab.Contracts;
using DpoLab.Contracts.Runs;

namespace DpoLab.Web.Compare;

/// <summary>What is not the same in several specs.</summary>
public static class SettingDifferences
{
    /// <summary>The settings that differ, in the order of the first spec that has them.</summary>
    public static IReadOnlyList<DifferingSetting> Of(IReadOnlyList<RunParameters> specs)
    {
        ArgumentNullException.ThrowIfNull(specs);
        Dictionary<string, string>[] flat = [.. specs.Select(Flat)];
        return
        [
            .. flat.SelectMany(settings => settings.Keys).Distinct(StringComparer.Ordinal)
                .Select(path => new DifferingSetting(path, [.. flat.Select(settings => settings.GetValueOrDefault(path))]))
                .Where(setting => setting.Values.Distinct(StringComparer.Ordinal).Count() > 1),
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
            case JsonObject parts:
                foreach (var (name, value) in parts)
                    Add(path.Length == 0 ? name : $"{path}.{name}", value, settings);
                break;
            case JsonArray { Count: > 0 } items when items.All(item => item is JsonValue):
                settings[path] = string.Join(", ", items.Select(item => item!.ToString()));
                break;
            case JsonArray items:
                for (int i = 0; i < items.Count; i++)
                    Add($"{path}[{i}]", items[i], settings);
                break;
            case not null:
                settings[path] = node.ToString();
                break;
        }
    }
}
