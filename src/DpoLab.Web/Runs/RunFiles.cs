using DpoLab.Contracts.Hosting;
using DpoLab.Web.Compute;

namespace DpoLab.Web.Runs;

/// <summary>Passes files of a run's directory on from its compute service, without holding them.</summary>
internal static class RunFiles
{
    private static readonly string[] Passed = ["Content-Range", "Accept-Ranges", "ETag", "Last-Modified", "Content-Disposition"];

    public static Task SendAsync(RunSummary run, string path, ComputeServices services, HttpContext context) =>
        SendAsync(run, ComputeEndpoints.RunFile(run.Id, path), $"file {path}", services, context);

    /// <summary>A folder below <c>artifacts/</c> as a tar stream.</summary>
    public static Task SendFolderAsync(RunSummary run, string path, ComputeServices services, HttpContext context) =>
        SendAsync(run, ComputeEndpoints.RunFolder(run.Id, path), $"folder {path}", services, context);

    private static async Task SendAsync(RunSummary run, string address, string what, ComputeServices services, HttpContext context)
    {
        HttpClient files = services.Find(run.Service)?.Files
            ?? throw new InputRefusedException("service", $"{run.Service} is not connected, and the files of {run.Id} are there. Try again when it is.");
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (context.Request.Headers.Range is { Count: > 0 } range)
            request.Headers.TryAddWithoutValidation("Range", range.ToString());
        using HttpResponseMessage answer = await files.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
        if (answer.StatusCode is System.Net.HttpStatusCode.NotFound or System.Net.HttpStatusCode.BadRequest)
            throw new NotFoundException($"Run {run.Id} has no {what}.");
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (string name in Passed)
        {
            if (answer.Headers.TryGetValues(name, out IEnumerable<string>? values) || answer.Content.Headers.TryGetValues(name, out values))
                context.Response.Headers[name] = values.ToArray();
        }

        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        context.Response.ContentLength = answer.Content.Headers.ContentLength;
        // texts of models are data, never a page of the lab
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.ContentSecurityPolicy = "sandbox";
        await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
