using System.Text.Json;
using System.Text.Unicode;

namespace DpoLab.Compute;

/// <summary>A place in a JSON file that can say where it is when something is wrong there.</summary>
internal readonly struct JsonPart
{
    private readonly string file;
    private readonly string path;
    private readonly JsonElement element;

    private JsonPart(string file, string path, JsonElement element)
    {
        this.file = file;
        this.path = path;
        this.element = element;
    }

    /// <summary>The file and the path within it, for messages.</summary>
    public string Where => path.Length == 0 ? file : $"{file}, {path}";

    /// <summary>Reads a whole file.</summary>
    /// <exception cref="InputException">It is missing or no JSON object.</exception>
    public static JsonPart Read(string path)
    {
        string name = Path.GetFileName(path);
        try
        {
            // parsed and cloned at once, so that nothing has to be disposed later
            byte[] bytes = File.ReadAllBytes(path);
            if (!Utf8.IsValid(bytes))
                throw new InputException($"{path}: is not UTF-8 text.");
            using var document = JsonDocument.Parse(bytes);
            var root = document.RootElement.Clone();
            return root.ValueKind is JsonValueKind.Object
                ? new JsonPart(name, string.Empty, root)
                : throw new InputException($"{path}: holds {Describe(root)} where a JSON object was expected.");
        }
        catch (JsonException e)
        {
            throw new InputException($"{path}: is no valid JSON: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: cannot be read: {e.Message}", e);
        }
    }

    public bool IsObject => element.ValueKind is JsonValueKind.Object;

    public bool IsArray => element.ValueKind is JsonValueKind.Array;

    public bool IsString => element.ValueKind is JsonValueKind.String;

    /// <summary>A property; null where it is absent or null.</summary>
    public JsonPart? Optional(string name)
    {
        if (!IsObject)
            throw Unexpected("an object");
        return element.TryGetProperty(name, out var value) && value.ValueKind is not JsonValueKind.Null
            ? new JsonPart(file, path.Length == 0 ? name : $"{path}.{name}", value)
            : null;
    }

    /// <summary>A property that must be there.</summary>
    public JsonPart Required(string name) => Optional(name) ?? throw new InputException($"{Where}: '{name}' is missing.");

    public string Text(string name) => Required(name).AsText();

    public string? OptionalText(string name) => Optional(name)?.AsText();

    public bool Flag(string name, bool otherwise) => Optional(name) is { } value ? value.AsFlag() : otherwise;

    public string AsText()
    {
        if (!IsString)
            throw Unexpected("a string");
        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new InputException($"{Where}: the string holds half a character (a lone surrogate).", e);
        }
    }

    public bool AsFlag() => element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Unexpected("true or false"),
    };

    public int AsInteger() =>
        element.ValueKind is JsonValueKind.Number && element.TryGetInt32(out int value) ? value : throw Unexpected("a whole number");

    public double AsNumber() =>
        element.ValueKind is JsonValueKind.Number && element.TryGetDouble(out double value) ? value : throw Unexpected("a number");

    /// <summary>The items of an array.</summary>
    public IEnumerable<JsonPart> Items()
    {
        if (!IsArray)
            throw Unexpected("a list");
        int i = 0;
        foreach (var item in element.EnumerateArray())
            yield return new JsonPart(file, $"{path}[{i++}]", item);
    }

    /// <summary>The properties of an object.</summary>
    public IEnumerable<(string Name, JsonPart Value)> Properties()
    {
        if (!IsObject)
            throw Unexpected("an object");
        foreach (var property in element.EnumerateObject())
            yield return (NameOf(property), new JsonPart(file, $"{path}.{property.Name}", property.Value));
    }

    /// <summary>An object of names and whole numbers, read without a path for each entry, since vocabularies are large.</summary>
    public Dictionary<string, int> Integers()
    {
        if (!IsObject)
            throw Unexpected("an object of tokens and ids");
        var integers = new Dictionary<string, int>(element.GetPropertyCount(), StringComparer.Ordinal);
        foreach (var property in element.EnumerateObject())
        {
            if (property.Value.ValueKind is not JsonValueKind.Number || !property.Value.TryGetInt32(out int value))
                throw new InputException($"{Where}: the id of '{NameOf(property)}' is {Describe(property.Value)}; expected a whole number.");
            integers[NameOf(property)] = value;
        }

        return integers;
    }

    /// <summary>An error at this place.</summary>
    public InputException Unexpected(string expected) => new($"{Where}: holds {Describe(element)}; expected {expected}.");

    /// <summary>An error about something that this program does not do.</summary>
    public InputException Unsupported(string what) => new($"{Where}: {what} is not supported.");

    private string NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException e)
        {
            throw new InputException($"{Where}: a name holds half a character (a lone surrogate).", e);
        }
    }

    private static string Describe(JsonElement element)
    {
        string raw = element.GetRawText();
        return raw.Length <= 60 ? raw : raw[..57] + "…";
    }
}
