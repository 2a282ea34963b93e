using System.Net;
using System.Net.Http.Headers;

namespace DpoLab.Compute.Downloads;

/// <summary>
/// Asks the hub. Redirects are followed by hand, so that the token goes to the hub alone and never to the host that stores the bytes; what may pass is a
/// <see cref="HubInterruption"/>, what a person must mend a <see cref="DownloadException"/>.
/// </summary>
internal sealed class HubClient : IDisposable
{
    private const int MostRedirects = 8;
    private const long LargestListing = 64L << 20;

    private readonly HubAccess access;
    private readonly TimeSpan silence;
    private readonly HttpClient http;

    public HubClient(HubAccess access, TimeSpan silence)
    {
        (this.access, this.silence) = (access, silence);
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None, ConnectTimeout = silence, UseCookies = false };
        http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.UserAgent.ParseAdd("dpolab");
        http.DefaultRequestHeaders.AcceptEncoding.ParseAdd("identity");
    }

    /// <summary>Host and port of the hub.</summary>
    public string Host => access.Endpoint.Authority;

    /// <summary>The address of something on the hub; parts that hold slashes are escaped by the caller.</summary>
    public Uri Address(string path) => new($"{access.Endpoint.AbsoluteUri.TrimEnd('/')}/{path}");

    /// <summary>A JSON answer, as text.</summary>
    /// <param name="address">On the hub.</param>
    /// <param name="subject">What people call it, for messages.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<byte[]> ReadAsync(Uri address, string subject, CancellationToken cancellation)
    {
        using var answer = await OpenAsync(address, subject, range: null, ifRange: null, cancellation);
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            patience.CancelAfter(silence);
            await using var body = await answer.Content.ReadAsStreamAsync(patience.Token);
            using var text = new MemoryStream();
            byte[] buffer = new byte[1 << 16];
            while (await body.ReadAsync(buffer, patience.Token) is > 0 and var read)
            {
                await text.WriteAsync(buffer.AsMemory(0, read), patience.Token);
                if (text.Length > LargestListing)
                    throw new DownloadException($"{subject}: {Host} answers with more than {LargestListing >> 20} MB where a list of files was expected. Check HF_ENDPOINT.");
            }

            return text.ToArray();
        }
        catch (Exception e) when (IsBreak(e, cancellation))
        {
            throw Broken(address, e);
        }
    }

    /// <summary>Opens what is at an address, from a byte on where the server can.</summary>
    /// <param name="address">On the hub; it may redirect to where the bytes are stored.</param>
    /// <param name="subject">What people call it, for messages.</param>
    /// <param name="range">First byte wanted; null: all.</param>
    /// <param name="ifRange">The strong tag that the bytes before it had; null: not known.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>An answer with status 200, 206 or 416, its body not read.</returns>
    public async Task<HttpResponseMessage> OpenAsync(Uri address, string subject, long? range, EntityTagHeaderValue? ifRange, CancellationToken cancellation)
    {
        for (int redirects = 0; redirects <= MostRedirects; redirects++)
        {
            var answer = await SendAsync(address, range, ifRange, cancellation);
            if (answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable)
                return answer;
            using (answer)
            {
                if ((int)answer.StatusCode is not (301 or 302 or 303 or 307 or 308))
                    throw HubRefusals.Of(answer, address, subject, access);
                if (answer.Headers.Location is not { } next)
                    throw new HubInterruption($"{address.Authority} redirects to nowhere.");
                address = Follow(address, next, subject);
            }
        }

        throw new DownloadException($"{subject}: {address.Authority} redirects more than {MostRedirects} times. Check HF_ENDPOINT.");
    }

    /// <summary>True for what a cut or silent connection throws.</summary>
    public static bool IsBreak(Exception e, CancellationToken cancellation) =>
        e is HttpRequestException or HttpIOException or IOException || (e is OperationCanceledException && !cancellation.IsCancellationRequested);

    /// <summary>A break, in words; messages of the network library name hosts at most.</summary>
    public HubInterruption Broken(Uri address, Exception e) => new(
        e is OperationCanceledException ? $"{address.Authority} was silent for {silence.TotalSeconds:0.#} s." : $"The connection to {address.Authority} broke ({e.Message.TrimEnd('.')}).", cause: e);

    public void Dispose() => http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(Uri address, long? range, EntityTagHeaderValue? ifRange, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (access.TokenFor(address) is { } token)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (range is { } from)
        {
            request.Headers.Range = new RangeHeaderValue(from, null);
            if (ifRange is not null)
                request.Headers.IfRange = new RangeConditionHeaderValue(ifRange);
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(silence);
        try
        {
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        }
        catch (Exception e) when (IsBreak(e, cancellation))
        {
            throw Broken(address, e);
        }
    }

    private static Uri Follow(Uri from, Uri location, string subject)
    {
        var next = location.IsAbsoluteUri ? location : new Uri(from, location);
        bool fits = next.Scheme == Uri.UriSchemeHttps || (next.Scheme == Uri.UriSchemeHttp && from.Scheme == Uri.UriSchemeHttp);
        return fits ? next : throw new DownloadException($"{subject}: {from.Authority} redirects to {next.Scheme}://{next.Authority}, which is not safe to follow. Check HF_ENDPOINT.");
    }
}
