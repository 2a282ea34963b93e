using System.Text.Json;
using System.Text.Unicode;
using DpoLab.Compute.Checkpoints;

namespace DpoLab.Compute.Models.Families;

/// <summary>
/// A <c>config.json</c>, or an object inside one, read with refusals that name the file, the key and the value. A key that is absent and one
/// that is null are the same.
/// </summary>
public sealed class ConfigurationFile
{
    private const long LargestFile = 16 << 20;
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private readonly string path;
    private readonly string prefix;
    private readonly JsonElement json;

    private ConfigurationFile(string path, string prefix, JsonElement json)
    {
        this.path = path;
        this.prefix = prefix;
        this.json = json;
    }

    /// <summary>The keys that are there and not null.</summary>
    public IEnumerable<string> Keys => json.EnumerateObject().Where(p => p.Value.ValueKind != JsonValueKind.Null).Select(p => p.Name);

    /// <summary>Reads a JSON file whose outermost value is an object.</summary>
    /// <exception cref="CheckpointException">The file is missing or is no such JSON.</exception>
    public static ConfigurationFile Read(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
                throw new CheckpointException(path, null, "the file is missing", "A model folder holds config.json, weights and tokenizer files as on the Hugging Face hub.");
            if (file.Length > LargestFile)
                throw new CheckpointException(path, null, $"is {file.Length} bytes long", "A configuration has a few thousand bytes: is this the right file?");
            return Parse(path, File.ReadAllBytes(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(path, null, "cannot be read", error.Message, error);
        }
    }

    /// <summary>Reads JSON whose outermost value is an object.</summary>
    internal static ConfigurationFile Parse(string path, ReadOnlyMemory<byte> bytes)
    {
        if (!Utf8.IsValid(bytes.Span))
            throw new CheckpointException(path, null, "is not UTF-8 text", "Fetch the file again.");
        try
        {
            using var document = JsonDocument.Parse(bytes, Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new CheckpointException(path, null, $"holds a {document.RootElement.ValueKind}, not an object", "Fetch the file again.");
            return new ConfigurationFile(path, "", document.RootElement.Clone());
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new CheckpointException(path, null, $"is not the JSON it should be: {error.Message.TrimEnd('.')}", "Fetch the file again.", error);
        }
    }

    /// <summary>Whether a key is there with a value other than null.</summary>
    public bool Has(string key) => Find(key) is not null;

    /// <summary>Whether a key is there, be it null: for the few keys where transformers' default is not null.</summary>
    public bool Mentions(string key) => json.TryGetProperty(key, out _);

    /// <summary>Whether an option has a value that does something: not null, false, an empty list or an empty object.</summary>
    public bool IsSwitchedOn(string key) => Find(key) is { } value && value.ValueKind switch
    {
        JsonValueKind.False => false,
        JsonValueKind.Array => value.GetArrayLength() > 0,
        JsonValueKind.Object => value.EnumerateObject().Any(),
        _ => true,
    };

    /// <summary>A number that must be there, from 1 to 2²⁴: products of two of them stay far inside 64 bits.</summary>
    public int Count(string key) => OptionalCount(key) ?? throw Missing(key);

    public int? OptionalCount(string key) => OptionalLength(key) is not { } count || count <= 1 << 24
        ? OptionalLength(key)
        : throw Refusal(key, "no model has that many");

    /// <summary>A number of positions, from 1 to 2³¹ − 1.</summary>
    public int? OptionalLength(string key)
    {
        if (Find(key) is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) && count > 0
            ? count
            : throw Refusal(key, "it must be a whole number from 1");
    }

    /// <summary>A whole number from 0 to 2³¹ − 1.</summary>
    public int? OptionalWhole(string key)
    {
        if (Find(key) is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= 0
            ? number
            : throw Refusal(key, "it must be a whole number from 0");
    }

    /// <summary>A finite number that must be there.</summary>
    public double Number(string key) => OptionalNumber(key) ?? throw Missing(key);

    public double? OptionalNumber(string key)
    {
        if (Find(key) is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number)
            ? number
            : throw Refusal(key, "it must be a number");
    }

    public string Text(string key) => OptionalText(key) ?? throw Missing(key);

    public string? OptionalText(string key)
    {
        if (Find(key) is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.String ? Decoded(value, key) : throw Refusal(key, "it must be a text");
    }

    public bool Flag(string key, bool whenAbsent)
    {
        if (Find(key) is not { } value)
            return whenAbsent;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Refusal(key, "it must be true or false");
    }

    public ConfigurationFile? Section(string key)
    {
        if (Find(key) is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.Object
            ? new ConfigurationFile(path, $"{prefix}{key}.", value)
            : throw Refusal(key, "it must be an object");
    }

    /// <summary>A list of texts, or null.</summary>
    public IReadOnlyList<string>? OptionalTexts(string key)
    {
        if (Find(key) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String))
            throw Refusal(key, "it must be a list of texts");
        return [.. value.EnumerateArray().Select(item => Decoded(item, key))];
    }

    /// <summary>A token id or a list of them; empty when absent.</summary>
    public IReadOnlyList<long> TokenIds(string key)
    {
        if (Find(key) is not { } value)
            return [];
        IEnumerable<JsonElement> items = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [value];
        return [.. items.Select(item =>
            item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out var id) ? id : throw Refusal(key, "it must be a token id or a list of them"))];
    }

    /// <summary>An option that this code only knows at one value: absent or that value is fine, anything else is refused.</summary>
    public void OnlyFlag(string key, bool supported)
    {
        if (Flag(key, supported) != supported)
            throw Refusal(key, $"only {(supported ? "true" : "false")} is supported");
    }

    /// <summary>Refuses a key altogether.</summary>
    public void Refuse(string key, string why)
    {
        if (Has(key))
            throw Refusal(key, why);
    }

    /// <summary>The error for a value that is there but cannot be used.</summary>
    public CheckpointException Refusal(string key, string why)
    {
        var text = Find(key)?.GetRawText() ?? "absent";
        if (text.Length > 80)
            text = text[..80] + "…";
        return new CheckpointException(path, null, $"'{prefix}{key}' is {text}: {why}", "Use a model whose configuration the lab knows, or correct the file.");
    }

    private string Decoded(JsonElement value, string key)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, or bytes that are not UTF-8.
            throw Refusal(key, "it is not valid text");
        }
    }

    private CheckpointException Missing(string key) =>
        new(path, null, $"'{prefix}{key}' is missing", "Fetch the file again, or add the key as the model's authors give it.");

    private JsonElement? Find(string key) => json.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
