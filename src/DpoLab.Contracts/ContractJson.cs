using System.Text.Json;
using System.Text.Json.Serialization;

namespace DpoLab.Contracts;

/// <summary>
/// The one JSON dialect of files, hubs and HTTP: camelCase, enums in kebab-case. What people and programs ask for is read strictly, so that a
/// misspelt setting is refused; what the lab wrote itself may come from a newer version, and is read past what this one does not know.
/// </summary>
public static class ContractJson
{
    /// <summary>For everything that the lab stores or sends, one line per value.</summary>
    public static JsonSerializerOptions Options { get; } = Tolerate(Configure(new JsonSerializerOptions()));

    /// <summary>For files that people open, such as <c>spec.json</c>.</summary>
    public static JsonSerializerOptions Indented { get; } = Tolerate(Configure(new JsonSerializerOptions { WriteIndented = true }));

    /// <summary>For reading what somebody asks for: unknown properties are refused by name.</summary>
    public static JsonSerializerOptions Strict { get; } = Configure(new JsonSerializerOptions());

    /// <summary>Applies the strict dialect to options that a host owns (minimal APIs, SignalR).</summary>
    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowOutOfOrderMetadataProperties = true;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false));
        return options;
    }

    /// <summary>Lets these options read past properties that this version does not know.</summary>
    public static JsonSerializerOptions Tolerate(JsonSerializerOptions options)
    {
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip;
        return options;
    }
}
