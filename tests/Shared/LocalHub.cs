using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DpoLab.Tests;

/// <summary>
/// A Hugging Face hub of this process, on two ports: one answers for the hub and redirects large files to the other, which stores the bytes. It can cut
/// connections, send wrong lengths and bytes, refuse, and ignore ranges.
/// </summary>
internal sealed class LocalHub : IAsyncDisposable
{
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";
    private readonly WebApplication hub = Build();
    private readonly WebApplication storage = Build();
    private readonly ConcurrentDictionary<string, SortedDictionary<string, byte[]>> repositories = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<HubRequest> requests = new();

    private LocalHub()
    {
        hub.MapGet("/api/{type}/{**rest}", Describe);
        hub.MapGet("/{**path}", ResolveAsync);
        storage.MapGet("/{**path}", (HttpContext context, string path) => SendAsync(context, path));
    }

    public Uri Endpoint => new(hub.Urls.First());

    public Uri Storage => new(storage.Urls.First());

    /// <summary>Every request so far, to either port.</summary>
    public IReadOnlyList<HubRequest> Requests => [.. requests];

    /// <summary>Files of so many bytes and more are “large”: their digest is a SHA-256 and their bytes lie on the other port.</summary>
    public int LargeFrom { get; set; } = 2000;

    /// <summary>The token that opens the repositories; null: everybody may.</summary>
    public string? Gate { get; set; }

    /// <summary>The licence that cards name.</summary>
    public string? Licence { get; set; }

    /// <summary>False: a range gets the whole file.</summary>
    public bool Ranges { get; set; } = true;

    /// <summary>What goes wrong with a request for a file's bytes, by path and by how often it was asked for (from 1); null: nothing.</summary>
    public Func<string, int, HubFault?> Fault { get; set; } = (_, _) => null;

    /// <summary>A digest other than the true one, by path; null: the true one.</summary>
    public Func<string, string?> Lie { get; set; } = _ => null;

    public static async Task<LocalHub> StartAsync()
    {
        var local = new LocalHub();
        await local.hub.StartAsync(CancellationToken.None);
        await local.storage.StartAsync(CancellationToken.None);
        return local;
    }

    /// <summary>Puts a file into a repository: <c>owner/name</c>, or <c>datasets/owner/name</c>.</summary>
    public LocalHub Add(string repository, string path, byte[] bytes)
    {
        repositories.GetOrAdd(repository, _ => new SortedDictionary<string, byte[]>(StringComparer.Ordinal))[path] = bytes;
        return this;
    }

    /// <summary>Puts the files of a folder into a repository.</summary>
    public LocalHub AddFolder(string repository, string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder))
            Add(repository, Path.GetFileName(file), File.ReadAllBytes(file));
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        await hub.DisposeAsync();
        await storage.DisposeAsync();
    }

    private static WebApplication Build()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection();
        builder.WebHost.UseKestrel(options => options.AddServerHeader = false).UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        builder.Logging.ClearProviders();
        return builder.Build();
    }

    private IResult Describe(HttpContext context, string type, string rest)
    {
        string repository = (type == "datasets" ? "datasets/" : "") + rest.Split("/revision/")[0];
        if (Note(context) is { } refused)
            return refused;
        if (!repositories.TryGetValue(repository, out var files))
            return Refuse(context, 404, "RepoNotFound");
        if (rest.EndsWith("/nowhere", StringComparison.Ordinal))
            return Refuse(context, 404, "RevisionNotFound");
        var siblings = files.Select(file => (JsonNode)SiblingOf(file.Key, file.Value));
        var card = Licence is null ? null : new JsonObject { ["license"] = Licence };
        return Results.Text(new JsonObject { ["id"] = rest, ["sha"] = Commit, ["cardData"] = card, ["siblings"] = new JsonArray([.. siblings]) }.ToJsonString(), "application/json");
    }

    private JsonObject SiblingOf(string path, byte[] bytes)
    {
        var sibling = new JsonObject { ["rfilename"] = path, ["size"] = bytes.Length, ["blobId"] = Lie(path) ?? BlobId(bytes) };
        if (bytes.Length >= LargeFrom)
            sibling["lfs"] = new JsonObject { ["sha256"] = Lie(path) ?? Convert.ToHexStringLower(SHA256.HashData(bytes)), ["size"] = bytes.Length, ["pointerSize"] = 130 };
        return sibling;
    }

#pragma warning disable CA5350 // git's own naming of blobs
    private static string BlobId(byte[] bytes) => Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {bytes.Length}\0"), .. bytes]));
#pragma warning restore CA5350

    private async Task ResolveAsync(HttpContext context, string path)
    {
        if (Note(context) is { } refused)
        {
            await refused.ExecuteAsync(context);
            return;
        }

        if (!Find(path, out byte[] bytes))
            await Refuse(context, 404, "EntryNotFound").ExecuteAsync(context);
        else if (bytes.Length >= LargeFrom)
            context.Response.Redirect($"{Storage}{path}?signature=secret-of-the-storage");
        else
            await SendAsync(context, path, noted: true);
    }

    private async Task SendAsync(HttpContext context, string path, bool noted = false)
    {
        if (!noted)
            Note(context, isStorage: true);
        Find(path, out byte[] bytes);
        var fault = Fault(path.Split('/', 5)[^1], requests.Count(r => r.Path.EndsWith(path, StringComparison.Ordinal) && (r.IsStorage || bytes.Length < LargeFrom)));
        if (fault?.Status is { } status)
        {
            if (fault.RetryAfter is { } seconds)
                context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            context.Response.StatusCode = status;
            return;
        }

        context.Response.Headers.ETag = fault?.Tag ?? $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}\"";
        int from = FirstByte(context, bytes.Length);
        byte[] body = [.. (fault?.Bytes ?? bytes).AsSpan(from)];
        context.Response.ContentLength = body.Length + (fault?.LengthError ?? 0);
        int send = Math.Min(fault?.CutAfter ?? body.Length, body.Length);
        await context.Response.Body.WriteAsync(body.AsMemory(0, send), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        if (fault?.HoldAfterCut is { } hold)
            await hold.WaitAsync(context.RequestAborted);

        // with less than was announced the server closes the connection; aborting would also take back what is on its way
    }

    /// <summary>The byte that is asked for, with the answer's status and headers set.</summary>
    private int FirstByte(HttpContext context, int length)
    {
        var asked = context.Request.GetTypedHeaders();
        if (!Ranges || asked.Range is null || (asked.IfRange?.EntityTag is { } tag && tag.ToString() != context.Response.Headers.ETag.ToString()))
            return 0;
        int from = (int)asked.Range.Ranges.First().From!.Value;
        context.Response.StatusCode = StatusCodes.Status206PartialContent;
        context.Response.Headers.ContentRange = $"bytes {from}-{length - 1}/{length}";
        return from;
    }

    private bool Find(string path, out byte[] bytes)
    {
        bytes = [];
        string[] halves = path.Split($"/resolve/{Commit}/");
        return halves.Length == 2 && repositories.TryGetValue(halves[0], out var files) && files.TryGetValue(halves[1], out bytes!);
    }

    private IResult? Note(HttpContext context, bool isStorage = false)
    {
        var headers = context.Request.Headers;
        requests.Enqueue(new HubRequest(context.Request.Path, isStorage, headers.Authorization.ToString(), headers.Range.ToString(), headers.IfRange.ToString()));
        return Gate is null || isStorage ? null : headers.Authorization.ToString() switch
        {
            "" => Refuse(context, 401, "GatedRepo"),
            { } shown when shown != "Bearer " + Gate => Refuse(context, 403, "GatedRepo"),
            _ => null,
        };
    }

    private static IResult Refuse(HttpContext context, int status, string code)
    {
        context.Response.Headers["X-Error-Code"] = code;
        return Results.Text(code, statusCode: status);
    }
}

/// <summary>A request that the hub got.</summary>
internal sealed record HubRequest(string Path, bool IsStorage, string Authorization, string Range, string IfRange);

/// <summary>What goes wrong with one request for bytes.</summary>
internal sealed record HubFault
{
    /// <summary>The connection breaks after so many bytes of the answer.</summary>
    public int? CutAfter { get; init; }

    /// <summary>Awaited before it breaks.</summary>
    public Task? HoldAfterCut { get; init; }

    /// <summary>Added to the announced length.</summary>
    public int LengthError { get; init; }

    /// <summary>A status without a body.</summary>
    public int? Status { get; init; }

    /// <summary>Seconds of Retry-After.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>Other bytes than the true ones.</summary>
    public byte[]? Bytes { get; init; }

    /// <summary>Another tag than the true one.</summary>
    public string? Tag { get; init; }
}
