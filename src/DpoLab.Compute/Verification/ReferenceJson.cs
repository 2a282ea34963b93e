using System.Text.Json;

namespace DpoLab.Compute.Verification;

/// <summary>Reads the JSON of reference values: what is missing is named.</summary>
internal static class ReferenceJson
{
    /// <summary>The content of a file, which stays good after it is closed.</summary>
    /// <exception cref="InputException">It is missing or no JSON.</exception>
    public static JsonElement Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return document.RootElement.Clone();
        }
        catch (JsonException error)
        {
            throw new InputException($"{path}: is no valid JSON: {error.Message}", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: cannot be opened: {error.Message}", error);
        }
    }

    /// <summary>A property that the case must have.</summary>
    /// <exception cref="InputException">It has none of that name.</exception>
    public static JsonElement Part(this JsonElement of, string name) =>
        of.ValueKind is JsonValueKind.Object && of.TryGetProperty(name, out var part)
            ? part
            : throw new InputException($"the reference values have no '{name}' where one belongs. Export the case again.");

    /// <summary>The text of a property; null where it is absent or no text.</summary>
    public static string? OptionalText(this JsonElement of, string name) =>
        of.TryGetProperty(name, out var part) && part.ValueKind is JsonValueKind.String ? part.GetString() : null;

    /// <summary>The whole number of a property; null where it is absent or null.</summary>
    public static int? OptionalInteger(this JsonElement of, string name) =>
        of.TryGetProperty(name, out var part) && part.ValueKind is JsonValueKind.Number ? part.GetInt32() : null;
}
