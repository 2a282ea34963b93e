using System.Security.Cryptography;
using DpoLab.Compute.Runs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DpoLab.Compute.Hosting;

/// <summary>Uploaded datasets: named by the SHA-256 of their bytes, which is checked before the name is given.</summary>
internal static class UploadEndpoints
{
    public static void MapUploads(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/uploads/{sha256}", [HttpMethods.Head], Head);
        routes.MapPut("/uploads/{sha256}", PutAsync).DisableRequestTimeout().WithMetadata(new Microsoft.AspNetCore.Mvc.DisableRequestSizeLimitAttribute());
    }

    private static IResult Head(string sha256, ServeOptions options) =>
        InputResolver.IsDigest(sha256) && File.Exists(PathOf(sha256, options)) ? Results.Ok() : Results.NotFound();

    private static async Task<IResult> PutAsync(string sha256, HttpRequest request, ServeOptions options, CancellationToken cancellationToken)
    {
        if (!InputResolver.IsDigest(sha256))
            return Results.Text("The address must end in the SHA-256 of the file, 64 hexadecimal digits.", statusCode: StatusCodes.Status400BadRequest);
        string path = PathOf(sha256, options);
        if (File.Exists(path))
            return Results.Ok();
        long free = new DriveInfo(options.DataPath).AvailableFreeSpace;
        if (free - (request.ContentLength ?? 0) < options.LeastFreeBytes)
        {
            return Results.Text(
                $"The disk of {Environment.MachineName} has {free >> 20} MB left, too little for this upload. Free space, then upload again.",
                statusCode: StatusCodes.Status507InsufficientStorage);
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string temporary = AtomicFile.TemporaryOf(path);
        try
        {
            string digest = await ReceiveAsync(request.Body, temporary, cancellationToken);
            if (!string.Equals(digest, sha256, StringComparison.OrdinalIgnoreCase))
                return Results.Text($"The bytes that arrived have the SHA-256 {digest}, not {sha256}. Upload the file again.", statusCode: StatusCodes.Status400BadRequest);
            File.Move(temporary, path, overwrite: true);
            return Results.StatusCode(StatusCodes.Status201Created);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static async Task<string> ReceiveAsync(Stream body, string path, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true);
        byte[] buffer = new byte[128 * 1024];
        while (await body.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            hash.AppendData(buffer, 0, read);
            await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        file.Flush(flushToDisk: true);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string PathOf(string sha256, ServeOptions options) =>
        Path.Combine(InputResolver.UploadsPath(options.DataPath), sha256.ToLowerInvariant());
}
