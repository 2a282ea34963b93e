using System.Globalization;
using System.Text.Json.Nodes;

namespace DpoLab.Web.Runs.NewRun;

/// <summary>Reads and writes a value of a JSON tree by a path such as <c>variants[0].intervention.alpha</c>.</summary>
internal static class JsonPath
{
    public static JsonNode? Get(JsonNode? root, string path)
    {
        foreach (var step in Steps(path))
        {
            root = step switch
            {
                string name when root is JsonObject o => o[name],
                int index when root is JsonArray a && index < a.Count => a[index],
                _ => null,
            };
        }

        return root;
    }

    /// <summary>Sets the value and makes the objects and arrays on the way.</summary>
    public static void Set(JsonObject root, string path, JsonNode? value)
    {
        var steps = Steps(path).ToList();
        JsonNode at = root;
        for (int i = 0; i < steps.Count - 1; i++)
            at = Child(at, steps[i]) ?? Put(at, steps[i], steps[i + 1] is int ? new JsonArray() : new JsonObject());
        Put(at, steps[^1], value);
    }

    private static JsonNode? Child(JsonNode at, object step) => step switch
    {
        int index when at is JsonArray a => index < a.Count ? a[index] : null,
        string name when at is JsonObject o => o[name],
        _ => throw new InvalidOperationException($"The spec has no place for '{step}' at {at.GetPath()}."),
    };

    private static JsonNode Put(JsonNode at, object step, JsonNode? value)
    {
        if (step is int index)
        {
            var array = at.AsArray();
            while (array.Count <= index)
                array.Add(null);
            array[index] = value;
        }
        else
        {
            at.AsObject()[(string)step] = value;
        }

        return value ?? at;
    }

    private static IEnumerable<object> Steps(string path)
    {
        foreach (string part in path.Split('.', '['))
            yield return part.EndsWith(']') ? int.Parse(part.TrimEnd(']'), CultureInfo.InvariantCulture) : part;
    }
}
