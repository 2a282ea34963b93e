using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DpoLab.Contracts;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Shell;

namespace DpoLab.Web.Runs;

/// <summary>One setting of a run, for people.</summary>
/// <param name="Path">Where it stands in the spec: <c>data.newTokens</c>.</param>
/// <param name="Title">In words.</param>
/// <param name="Value">As people write it.</param>
internal sealed record Setting(string Path, string Title, string Value);

/// <summary>The settings of a run in the order of its spec; inputs by their names.</summary>
internal static class RunSettings
{
    private static readonly Dictionary<string, string> Titles = new(StringComparer.Ordinal)
    {
        ["beta"] = "β",
        ["gamma"] = "γ",
        ["alpha"] = "α",
        ["alphas"] = "α",
        ["betas"] = "β",
        ["topP"] = "Top-p",
        ["f1"] = "F1",
        ["lora"] = "LoRA",
    };

    public static IReadOnlyList<Setting> Of(RunParameters parameters)
    {
        var settings = new List<Setting>();
        JsonObject json = JsonSerializer.SerializeToNode(parameters, ContractJson.Options)!.AsObject();
        Walk(json, "", settings);
        // what every kind has stands last
        return [.. settings.OrderBy(s => s.Path is "seed" or "protocol" or "precision")];
    }

    private static void Walk(JsonObject json, string path, List<Setting> settings)
    {
        foreach ((string name, JsonNode? node) in json)
        {
            if (name == "kind" && path.Length == 0)
                continue;
            string at = path.Length == 0 ? name : $"{path}.{name}";
            switch (node)
            {
                case JsonObject input when input.ContainsKey("source") && input.ContainsKey("location"):
                    settings.Add(new Setting(at, Title(at), input.Deserialize<InputRef>(ContractJson.Options)!.Name));
                    break;
                case JsonObject dataset when dataset["file"] is JsonObject file && file.ContainsKey("source"):
                    settings.Add(new Setting(at, Title(at), Dataset(dataset.Deserialize<DatasetRef>(ContractJson.Options)!)));
                    break;
                case JsonObject group:
                    Walk(group, at, settings);
                    break;
                case JsonArray list:
                    settings.Add(new Setting(at, Title(at), List(list)));
                    break;
                case not null:
                    settings.Add(new Setting(at, Title(at), Value(node)));
                    break;
            }
        }
    }

    private static string Dataset(DatasetRef dataset) =>
        dataset.File.Name + (dataset.Limit is { } limit ? $", first {Numbers.Count(limit)}" : "");

    private static string List(JsonArray list) => list.Count > 0 && list.All(item => item is JsonObject)
        ? string.Join(", ", list.Select(item => item!["name"]?.GetValue<string>() ?? item.ToJsonString()))
        : string.Join(", ", list.Select(item => item is null ? "" : Value(item)));

    private static string Value(JsonNode node) => node.GetValueKind() switch
    {
        JsonValueKind.Number => Numbers.Setting(node.GetValue<double>()),
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        JsonValueKind.String => node.GetValue<string>(),
        _ => node.ToJsonString(),
    };

    private static string Title(string path)
    {
        string name = path[(path.LastIndexOf('.') + 1)..];
        if (Titles.TryGetValue(name, out string? known))
            return known;
        var words = new StringBuilder(name.Length + 6);
        foreach (char c in name)
        {
            if (char.IsUpper(c))
                words.Append(' ');
            words.Append(char.ToLowerInvariant(c));
        }

        words[0] = char.ToUpper(words[0], CultureInfo.InvariantCulture);
        return words.ToString();
    }
}
