using System.Net;

namespace DpoLab.Web.Accounts;

/// <summary>Keeps a lab without accounts on this machine.</summary>
internal static class BindRefusal
{
    /// <summary>Why the lab must not start on these addresses; null: it may.</summary>
    public static string? Reason(IEnumerable<string> addresses, bool accounts)
    {
        if (accounts)
            return null;
        string[] open = [.. addresses.Where(a => !IsLoopback(a))];
        return open.Length == 0
            ? null
            : $"The lab would listen on {string.Join(", ", open)} without accounts, so that anyone who reaches it could do everything. "
                + "Set Lab:Accounts=true (the first start prints a link for the administrator), or listen on 127.0.0.1.";
    }

    /// <summary>The addresses that a configuration asks Kestrel to listen on.</summary>
    public static IReadOnlyList<string> Configured(IConfiguration configuration)
    {
        string[] endpoints = [.. configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(e => e["Url"]).OfType<string>()];
        if (endpoints.Length > 0)
            return endpoints;
        if (configuration["urls"] is { Length: > 0 } urls)
            return urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string ports = string.Join(';', configuration["http_ports"], configuration["https_ports"]).Trim(';');
        // ports without a host mean every address of the machine
        return [.. ports.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(port => $"http://*:{port}")];
    }

    private static bool IsLoopback(string address)
    {
        string host = BindingAddress.Parse(address).Host;
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? ip) && IPAddress.IsLoopback(ip));
    }
}
