using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DpoLab.Contracts;
using DpoLab.Contracts.Runs;

namespace DpoLab.Web.Runs.NewRun;

/// <summary>Tells whether two specs say the same. Names and labels do not count, everything that moves a number does.</summary>
public static class SpecIdentity
{
    /// <summary>Equal for equal settings.</summary>
    public static string Of(RunParameters parameters)
    {
        var json = JsonSerializer.SerializeToNode(parameters, ContractJson.Options)!;
        Strip(json);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json.ToJsonString())));
    }

    private static void Strip(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject o:
                o.Remove("label");
                foreach (var (_, value) in o)
                    Strip(value);
                break;
            case JsonArray a:
                foreach (var item in a)
                    Strip(item);
                break;
        }
    }
}
