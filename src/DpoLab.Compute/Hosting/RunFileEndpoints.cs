using System.Formats.Tar;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticFiles;

namespace DpoLab.Compute.Hosting;

/// <summary>Files of run directories over HTTP, with ranges: what is complete, and nothing outside.</summary>
internal static class RunFileEndpoints
{
    private static readonly FileExtensionContentTypeProvider Types = new();
    private static readonly string[] Readable = ["spec.json", "result.json", "events.jsonl", "process.log", "artifacts", "checkpoint"];

    public static void MapRunFiles(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/runs/{id}/files/{**path}", [HttpMethods.Get, HttpMethods.Head], Get);
        routes.MapGet("/runs/{id}/folders/{**path}", GetFolder);
    }

    /// <summary>A folder below <c>artifacts/</c>, packed while it is sent: weights do not get smaller by compression, and no copy is made.</summary>
    private static IResult GetFolder(string id, string path, RunSupervisor supervisor)
    {
        string artifacts;
        try
        {
            artifacts = supervisor.DirectoryOf(id).ArtifactsPath;
        }
        catch (InputException e)
        {
            return Results.Text(e.Message, statusCode: StatusCodes.Status404NotFound);
        }

        string full = Path.GetFullPath(Path.Combine(artifacts, path));
        bool inside = full.StartsWith(artifacts + Path.DirectorySeparatorChar, StringComparison.Ordinal) && !path.Split('/').Any(p => p.StartsWith('.'));
        return inside && Directory.Exists(full)
            ? Results.Stream(body => TarAsync(full, body), "application/x-tar", $"{id}-{Path.GetFileName(full)}.tar")
            : Results.Text($"Run {id} has no folder {path}.", statusCode: StatusCodes.Status404NotFound);
    }

    private static async Task TarAsync(string folder, Stream body)
    {
        await using var tar = new TarWriter(body, TarEntryFormat.Pax, leaveOpen: true);
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            await tar.WriteEntryAsync(file, Path.Combine(Path.GetFileName(folder), Path.GetRelativePath(folder, file)));
    }

    private static IResult Get(string id, string path, RunSupervisor supervisor)
    {
        string root;
        try
        {
            root = supervisor.DirectoryOf(id).FullPath;
        }
        catch (InputException e)
        {
            return Results.Text(e.Message, statusCode: StatusCodes.Status404NotFound);
        }

        string[] parts = path.Split('/');
        string full = Path.GetFullPath(Path.Combine(root, path));
        bool inside = full.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            && Readable.Contains(parts[0], StringComparer.Ordinal)
            && !parts.Any(p => p.StartsWith('.'));
        return inside && File.Exists(full)
            ? Results.File(full, ContentType(full), enableRangeProcessing: true)
            : Results.Text($"Run {id} has no file {path}.", statusCode: StatusCodes.Status404NotFound);
    }

    private static string ContentType(string path) => Path.GetExtension(path) switch
    {
        ".jsonl" => "application/jsonl",
        ".log" => "text/plain; charset=utf-8",
        _ => Types.TryGetContentType(path, out string? type) ? type : "application/octet-stream",
    };
}
