using System.Net;

namespace DpoLab.Web.Accounts;

/// <summary>
/// A lab without accounts trusts whoever comes from this machine, and a browser comes from this machine also when another site sent it. So such
/// a lab answers only under loopback names (a site cannot rename itself into it), and takes no change that another site's page asks for.
/// </summary>
internal sealed class ForeignRequests(RequestDelegate next, LabOptions options)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (!options.Accounts && IsForeign(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            await context.Response.WriteAsync("This lab has no accounts, so it answers only to pages and programs of this machine.\n", context.RequestAborted);
            return;
        }

        await next(context);
    }

    private static bool IsForeign(HttpRequest request)
    {
        string host = request.Host.Host;
        bool ownName = host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? ip) && IPAddress.IsLoopback(ip));
        if (!ownName)
            return true;
        string? origin = request.Headers.Origin;
        bool changes = !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method);
        bool socket = request.Headers.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase);
        return (changes || socket) && !string.IsNullOrEmpty(origin) && !origin.Equals($"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }
}
