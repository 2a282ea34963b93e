using DpoLab.Contracts.Hosting;

namespace DpoLab.Compute.Downloads;

/// <summary>
/// Where the hub is, and the token that opens gated repositories: <c>HF_ENDPOINT</c> and <c>HF_TOKEN</c> of the compute host, or the token that an
/// administrator gave, in a file of the data folder that only the service's user reads. A class, not a record: a record would print the token.
/// </summary>
internal sealed class HubAccess
{
    public const string EndpointVariable = "HF_ENDPOINT";
    public const string TokenVariable = "HF_TOKEN";
    private const string Default = "https://huggingface.co";

    public HubAccess(Uri endpoint, string? token = null) => (Endpoint, Token) = (endpoint, token);

    /// <summary>Without a slash at its end.</summary>
    public Uri Endpoint { get; }

    /// <summary>Null: public repositories only.</summary>
    public string? Token { get; }

    /// <summary>As this host is set up. The administrator's token goes before the environment's.</summary>
    /// <param name="dataPath">The service's data folder.</param>
    /// <exception cref="DownloadException">HF_ENDPOINT is no address.</exception>
    public static HubAccess Of(string dataPath)
    {
        string text = Environment.GetEnvironmentVariable(EndpointVariable) is { Length: > 0 } set ? set.Trim() : Default;
        if (!Uri.TryCreate(text.TrimEnd('/'), UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("http" or "https"))
            throw new DownloadException($"{EndpointVariable} is “{text}” on {Environment.MachineName}, which is no http address. Set it to one, or leave it unset.");
        return new HubAccess(endpoint, HubToken.Read(dataPath) ?? HubToken.OfEnvironment());
    }

    /// <summary>What people may know.</summary>
    public static HubReport Describe(string dataPath) => new(
        Environment.GetEnvironmentVariable(EndpointVariable) is { Length: > 0 } set && Uri.TryCreate(set.Trim(), UriKind.Absolute, out var uri) ? uri.Authority : new Uri(Default).Authority,
        HubToken.Read(dataPath) is not null ? HubTokenSource.Lab : HubToken.OfEnvironment() is not null ? HubTokenSource.Environment : HubTokenSource.None);

    /// <summary>The token for a request: sent to the hub itself alone, and in the clear only within this host.</summary>
    public string? TokenFor(Uri address) =>
        address.Scheme == Endpoint.Scheme && address.Authority == Endpoint.Authority && (address.Scheme == Uri.UriSchemeHttps || address.IsLoopback) ? Token : null;
}

/// <summary>The token that an administrator gave: a file of the data folder, readable by the service's user alone.</summary>
internal static class HubToken
{
    private const string FileName = "hub-token";
    private const int Longest = 512;

    /// <summary>Null: none was given.</summary>
    public static string? Read(string dataPath)
    {
        string path = Path.Combine(dataPath, FileName);
        return File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } token ? token : null;
    }

    /// <summary>Null: HF_TOKEN is not set.</summary>
    public static string? OfEnvironment() =>
        Environment.GetEnvironmentVariable(HubAccess.TokenVariable)?.Trim() is { Length: > 0 } token && IsToken(token) ? token : null;

    /// <summary>Keeps a token; null forgets it.</summary>
    /// <exception cref="InputException">It cannot be one.</exception>
    public static void Write(string dataPath, string? token)
    {
        string path = Path.Combine(dataPath, FileName);
        if (string.IsNullOrWhiteSpace(token))
        {
            File.Delete(path);
            return;
        }

        if (!IsToken(token.Trim()))
            throw new InputException("This is no token of the hub: it begins with hf_ and has no spaces. Copy it from the hub’s settings, Access Tokens.");
        string temporary = path + ".part";
        File.Delete(temporary);
        var onlyOwner = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        using (var writer = new StreamWriter(temporary, onlyOwner))
            writer.Write(token.Trim());
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>What may stand in a header.</summary>
    private static bool IsToken(string token) => token.Length <= Longest && token.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
