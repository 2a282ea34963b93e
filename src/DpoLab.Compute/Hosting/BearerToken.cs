using System.Security.Cryptography;
using System.Text;
using DpoLab.Contracts.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DpoLab.Compute.Hosting;

/// <summary>Lets in who shows the token; refuses and logs everyone else. Health needs none.</summary>
internal sealed partial class BearerToken(RequestDelegate next, ServeOptions options, ILogger<BearerToken> logger)
{
    private const string Scheme = "Bearer ";

    // digests have one length, so the time of the comparison says nothing about the token
    private readonly byte[] expected = SHA256.HashData(Encoding.UTF8.GetBytes(options.Token));

    public async Task InvokeAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Request.Path == ComputeEndpoints.Health || IsRight(Shown(context.Request)))
        {
            await next(context);
            return;
        }

        LogRefused(context.Connection.RemoteIpAddress?.ToString() ?? "unknown", context.Request.Method, context.Request.Path);
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.Headers.WWWAuthenticate = "Bearer";
        await context.Response.WriteAsync("The token is missing or wrong. Give the one that this compute service was started with.\n", context.RequestAborted);
    }

    private static string? Shown(HttpRequest request)
    {
        string header = request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : null;
    }

    private bool IsRight(string? shown) =>
        shown is not null && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(shown)), expected);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Refused {Method} {Path} from {Remote}: missing or wrong token")]
    private partial void LogRefused(string remote, string method, string path);
}
