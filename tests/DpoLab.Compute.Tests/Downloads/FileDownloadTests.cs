using System.Diagnostics;
using System.Security.Cryptography;
using DpoLab.Compute.Downloads;
using DpoLab.Tests;

namespace DpoLab.Compute.Tests.Downloads;

public sealed class FileDownloadTests : IDisposable
{
    private const string Weights = "model.safetensors";
    private const string Secret = "hf_very_secret";
    private static readonly byte[] Content = HubFiles.Bytes(300_000);
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(300_000)]
    [InlineData(1_999)]
    [InlineData(0)]
    public async Task Fetch_LargeSmallAndEmptyFile_ArrivesWithTheHubsDigest(int bytes)
    {
        byte[] content = HubFiles.Bytes(bytes);
        await using var hub = await HubAsync(content);

        var fetched = await HubFiles.FetchAsync(hub, folder, Weights, Stop);

        Assert.Equal(content, await File.ReadAllBytesAsync(fetched.Path, Stop));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), fetched.File.Sha256);
        Assert.Equal(bytes, fetched.Arrived);
        Assert.Equal([fetched.Path], Directory.GetFiles(Path.GetDirectoryName(fetched.Path)!));
    }

    [Fact]
    public async Task Fetch_ConnectionCutTwice_GoesOnFromTheBytesThatAreThere()
    {
        await using var hub = await HubAsync(Content);
        hub.Fault = (_, request) => request switch
        {
            1 => new HubFault { CutAfter = 100_000 },
            2 => new HubFault { CutAfter = 50_000 },
            _ => null,
        };

        var fetched = await HubFiles.FetchAsync(hub, folder, Weights, Stop);

        Assert.Equal(Content, await File.ReadAllBytesAsync(fetched.Path, Stop));
        Assert.Equal(Content.Length, fetched.Fetched);
        Assert.Equal(2, fetched.Pauses.Count);
        var asked = hub.Requests.Where(r => r.IsStorage).ToList();
        Assert.Equal(["", "bytes=100000-", "bytes=150000-"], asked.Select(r => r.Range));
        Assert.Equal(["", Tag(Content), Tag(Content)], asked.Select(r => r.IfRange));
    }

    [Fact]
    public async Task Fetch_InANewProcess_GoesOnFromTheBytesThatAreThere()
    {
        await using var hub = await HubAsync(Content);
        hub.Fault = (_, _) => new HubFault { CutAfter = 100_000 };
        await Assert.ThrowsAsync<DownloadException>(() => HubFiles.FetchAsync(hub, folder, Weights, Stop, tries: 1));
        Assert.False(File.Exists(folder.Combine("unfinished", Weights)));
        hub.Fault = (_, _) => null;

        var fetched = await HubFiles.FetchAsync(hub, folder, Weights, Stop);

        Assert.Equal(Content.Length - 100_000, fetched.Fetched);
        Assert.Equal(Content, await File.ReadAllBytesAsync(fetched.Path, Stop));
        Assert.Equal(Tag(Content), hub.Requests[^1].IfRange);
    }

    [Fact]
    public async Task Fetch_ServerIgnoresRanges_BeginsAgain()
    {
        await using var hub = await HubAsync(Content);
        hub.Ranges = false;
        hub.Fault = (_, request) => request == 1 ? new HubFault { CutAfter = 100_000 } : null;

        var fetched = await HubFiles.FetchAsync(hub, folder, Weights, Stop);

        Assert.Equal(Content, await File.ReadAllBytesAsync(fetched.Path, Stop));
        Assert.Equal(Content.Length + 100_000, fetched.Fetched);
        Assert.Equal(Content.Length, fetched.Arrived);
    }

    [Fact]
    public async Task Fetch_ContentChangedBetweenTries_DoesNotMixTheTwo()
    {
        await using var hub = await HubAsync(Content);
        byte[] other = HubFiles.Bytes(Content.Length, seed: 2);
        hub.Fault = (_, request) => request == 1 ? new HubFault { CutAfter = 100_000, Bytes = other, Tag = "\"other\"" } : null;

        var fetched = await HubFiles.FetchAsync(hub, folder, Weights, Stop);

        Assert.Equal(Content, await File.ReadAllBytesAsync(fetched.Path, Stop));
        Assert.Equal("\"other\"", hub.Requests[^1].IfRange);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(-5)]
    public async Task Fetch_WrongLength_IsRefusedAtOnce(int error)
    {
        await using var hub = await HubAsync(Content);
        hub.Fault = (_, _) => new HubFault { LengthError = error, CutAfter = 1000 };

        var refused = await Assert.ThrowsAsync<DownloadException>(() => HubFiles.FetchAsync(hub, folder, Weights, Stop));

        Assert.Contains($"{Content.Length + error} bytes were announced", refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.Combine("unfinished", Weights)));
    }

    [Fact]
    public async Task Fetch_DamagedOnce_IsFetchedAgain()
    {
        await using var hub = await HubAsync(Content);
        byte[] damaged = [.. Content];
        damaged[1234] ^= 1;
        hub.Fault = (_, request) => request == 1 ? new HubFault { Bytes = damaged } : null;

        var fetched = await HubFiles.FetchAsync(hub, folder, Weights, Stop);

        Assert.Equal(Content, await File.ReadAllBytesAsync(fetched.Path, Stop));
        Assert.Equal(Content.Length, fetched.Arrived);
    }

    [Theory]
    [InlineData(300_000)]
    [InlineData(500)]
    public async Task Fetch_WrongDigestTwice_IsRefusedAndNothingIsKept(int bytes)
    {
        await using var hub = await HubAsync(HubFiles.Bytes(bytes));
        hub.Lie = _ => new string('0', 64);

        var refused = await Assert.ThrowsAsync<DownloadException>(() => HubFiles.FetchAsync(hub, folder, Weights, Stop));

        Assert.Contains("digest", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Combine("unfinished")));
    }

    [Fact]
    public async Task Fetch_TooManyRequests_WaitsAsLongAsTheHubAsks()
    {
        await using var hub = await HubAsync(Content);
        hub.Fault = (_, request) => request switch
        {
            1 => new HubFault { Status = 429, RetryAfter = 1 },
            2 => new HubFault { Status = 503 },
            _ => null,
        };
        var clock = Stopwatch.StartNew();

        var fetched = await HubFiles.FetchAsync(hub, folder, Weights, Stop);

        Assert.InRange(clock.Elapsed.TotalSeconds, 1, 60);
        Assert.Contains("(429). Trying again in 1 s.", fetched.Pauses[0], StringComparison.Ordinal);
        Assert.Contains("(503)", fetched.Pauses[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_HubStaysBroken_FailsWithWhatToDo()
    {
        await using var hub = await HubAsync(Content);
        hub.Fault = (_, _) => new HubFault { Status = 500 };

        var failed = await Assert.ThrowsAsync<DownloadException>(() => HubFiles.FetchAsync(hub, folder, Weights, Stop));

        Assert.Contains("4 times in a row", failed.Message, StringComparison.Ordinal);
        Assert.Contains("retry when", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_RedirectToAnotherHost_DoesNotTakeTheTokenAlong()
    {
        await using var hub = await HubAsync(Content);
        hub.Gate = Secret;

        await HubFiles.FetchAsync(hub, folder, Weights, Stop, token: Secret);

        Assert.All(hub.Requests.Where(r => !r.IsStorage), r => Assert.Equal("Bearer " + Secret, r.Authorization));
        Assert.Equal("", Assert.Single(hub.Requests, r => r.IsStorage).Authorization);
    }

    [Theory]
    [InlineData(null, "set HF_TOKEN")]
    [InlineData("hf_of_somebody_else", "token of this compute host belongs to that account")]
    public async Task Fetch_GatedRepository_SaysWhatToDo(string? token, string remedy)
    {
        await using var hub = await HubAsync(Content);
        hub.Gate = Secret;

        var refused = await Assert.ThrowsAsync<DownloadException>(() => HubFiles.FetchAsync(hub, folder, Weights, Stop, token));

        Assert.Contains("Accept its licence on its page", refused.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("somebody_else", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_Cancelled_KeepsWhatIsThere()
    {
        await using var hub = await HubAsync(Content);
        var never = new TaskCompletionSource();
        hub.Fault = (_, _) => new HubFault { CutAfter = 100_000, HoldAfterCut = never.Task };
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        string part = folder.Combine("unfinished", Weights + ".part");

        var fetching = HubFiles.FetchAsync(hub, folder, Weights, cancel.Token);
        await Hosting.ServiceProcess.WaitForAsync(() => File.Exists(part) && new FileInfo(part).Length == 100_000, "100,000 bytes are there", Stop);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetching);
        Assert.Equal(Content[..100_000], await File.ReadAllBytesAsync(part, Stop));
        never.SetResult();
    }

    private static async Task<LocalHub> HubAsync(byte[] content) => (await LocalHub.StartAsync()).Add(HubFiles.Model, Weights, content);

    private static string Tag(byte[] content) => $"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..16]}\"";
}
