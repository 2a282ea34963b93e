using System.Net;
using System.Security.Cryptography;
using DpoLab.Compute.Hosting;
using DpoLab.Compute.Runs;
using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Runs;
using DpoLab.Tests;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace DpoLab.Compute.Tests.Hosting;

public sealed class ServiceTests : IDisposable
{
    private readonly TemporaryFolder data = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => data.Dispose();

    [Fact]
    public async Task Connect_WrongToken_IsRefusedAndLogged()
    {
        await using var service = await ServiceProcess.StartAsync(data.FullPath, Stop);
        await using var stranger = ServiceProcess.Connect(service.Address, "wrong");

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => stranger.StartAsync(Stop));

        Assert.Equal(HttpStatusCode.Unauthorized, error.StatusCode);
        await ServiceProcess.WaitForAsync(() => service.Output.Contains("Refused POST /hub/negotiate from 127.0.0.1", StringComparison.Ordinal), "the refusal is logged", Stop);
    }

    [Fact]
    public async Task Health_WithoutToken_Answers()
    {
        await using var service = await ServiceProcess.StartAsync(data.FullPath, Stop);
        using var http = new HttpClient();

        Assert.Equal("ready\n", await http.GetStringAsync(new Uri(service.Address, ComputeEndpoints.Health), Stop));
    }

    [Fact]
    public async Task Describe_Always_NamesDeviceAndQueue()
    {
        await using var service = await ServiceProcess.StartAsync(data.FullPath, Stop);

        var report = await service.Hub.InvokeAsync<ServiceReport>(nameof(IComputeHub.DescribeAsync), Stop);

        Assert.Equal(Environment.MachineName, report.Host);
        Assert.NotEmpty(report.Devices);
        Assert.True(report.Devices[0].MemoryBytes > 0);
        Assert.Empty(report.Queue.Waiting);
        Assert.True(report.FreeDiskBytes > 0);
    }

    [Fact]
    public async Task Upload_RightDigest_IsThereAfterwards()
    {
        await using var service = await ServiceProcess.StartAsync(data.FullPath, Stop);
        byte[] bytes = RandomNumberGenerator.GetBytes(3_000_000);
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
        using var head = new HttpRequestMessage(HttpMethod.Head, ComputeEndpoints.Upload(sha256));
        Assert.Equal(HttpStatusCode.NotFound, (await service.Http.SendAsync(head, Stop)).StatusCode);

        using var content = new ByteArrayContent(bytes);
        Assert.Equal(HttpStatusCode.Created, (await service.Http.PutAsync(ComputeEndpoints.Upload(sha256), content, Stop)).StatusCode);

        using var again = new HttpRequestMessage(HttpMethod.Head, ComputeEndpoints.Upload(sha256));
        Assert.Equal(HttpStatusCode.OK, (await service.Http.SendAsync(again, Stop)).StatusCode);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(data.Combine("uploads", sha256), Stop));
    }

    [Fact]
    public async Task Upload_OtherBytesThanTheDigest_LeavesNothing()
    {
        await using var service = await ServiceProcess.StartAsync(data.FullPath, Stop);
        using var content = new ByteArrayContent([1, 2, 3]);

        var answer = await service.Http.PutAsync(ComputeEndpoints.Upload(new string('a', 64)), content, Stop);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("SHA-256", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(data.Combine("uploads")));
    }

    [Fact]
    public async Task RunFile_WithRange_GivesThatPart()
    {
        await using var service = await ServiceProcess.StartAsync(data.FullPath, Stop);
        var run = new RunDirectory(data.Combine("runs", "r-1"));
        Directory.CreateDirectory(run.ArtifactsPath);
        await File.WriteAllTextAsync(Path.Combine(run.ArtifactsPath, "a.txt"), "0123456789", Stop);
        using var request = new HttpRequestMessage(HttpMethod.Get, ComputeEndpoints.RunFile("r-1", "artifacts/a.txt"));
        request.Headers.Range = new System.Net.Http.Headers.RangeHeaderValue(3, 5);

        var answer = await service.Http.SendAsync(request, Stop);

        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal("345", await answer.Content.ReadAsStringAsync(Stop));
    }

    [Theory]
    [InlineData("/runs/r-1/files/..%2F..%2Ftoken")]
    [InlineData("/runs/..%2Fuploads/files/artifacts/x")]
    [InlineData("/runs/r-1/files/artifacts/.writing-a.txt")]
    [InlineData("/runs/r-1/files/queue.json")]
    public async Task RunFile_OutsideWhatIsPublic_IsNotFound(string path)
    {
        await using var service = await ServiceProcess.StartAsync(data.FullPath, Stop);
        Directory.CreateDirectory(data.Combine("runs", "r-1", "artifacts"));
        foreach (string file in new[] { data.Combine("token"), data.Combine("runs", "r-1", "queue.json"), data.Combine("runs", "r-1", "artifacts", ".writing-a.txt") })
            await File.WriteAllTextAsync(file, "secret", Stop);

        Assert.Equal(HttpStatusCode.NotFound, (await service.Http.GetAsync(new Uri(service.Address + path.TrimStart('/')), Stop)).StatusCode);
    }

    [Fact]
    public async Task Submit_DiskNearlyFull_SaysSo()
    {
        await using var service = await ServiceProcess.StartAsync(data.FullPath, Stop, "--least-free-mb", "100000000");

        var error = await Assert.ThrowsAsync<HubException>(() => service.SubmitAsync(Specs.Direction("r-full"), 1, Stop));

        Assert.Contains("Delete old runs or move the data directory", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(data.Combine("runs", "r-full")));
    }

    [Fact]
    public async Task Follow_UnknownRun_IsAnError()
    {
        await using var service = await ServiceProcess.StartAsync(data.FullPath, Stop);

        var error = await Assert.ThrowsAsync<HubException>(() => service.FollowAsync("r-nowhere", 0, Stop));

        Assert.Contains("r-nowhere is not on this compute service", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ParentGone_Service_EndsByItself()
    {
        using var parent = System.Diagnostics.Process.Start("sleep", "1000");
        await using var service = await ServiceProcess.StartAsync(data.FullPath, Stop, "--parent-pid", parent.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));

        parent.Kill();
        await parent.WaitForExitAsync(Stop);

        await ServiceProcess.WaitForAsync(() => ProcessIdentity.Of(service.Id) is not { IsAlive: true }, "the service has ended", Stop);
    }

    [Fact]
    public async Task Serve_FolderOfAnotherService_IsRefused()
    {
        await using var first = await ServiceProcess.StartAsync(data.FullPath, Stop);

        await Assert.ThrowsAsync<IOException>(() => DataLock.TakeAsync(data.FullPath, TimeSpan.FromMilliseconds(200), Stop));
    }

    [Fact]
    public async Task InspectModel_DecoderAndClassifier_SaysWhatTheyAre()
    {
        await using var service = await ServiceProcess.StartAsync(data.FullPath, Stop);

        var decoder = await InspectAsync(service, "base-model");
        var classifier = await InspectAsync(service, "scorer");

        Assert.Equal(("decoder", "gpt2", 6, 192, 768, 4096, 128, "f16"), (decoder.Role, decoder.Family, decoder.Layers, decoder.Width, decoder.NeuronsPerLayer, decoder.Vocabulary, decoder.ContextLength, decoder.StoredPrecision));
        Assert.InRange(decoder.Parameters, 3_400_000, 3_600_000);
        Assert.Matches("^[0-9a-f]{64}$", decoder.Digest);
        Assert.Equal(("classifier", "bert", 2, 128, 128), (classifier.Role, classifier.Family, classifier.Layers, classifier.Width, classifier.ContextLength));
        Assert.Equal(["toxicity"], classifier.Labels);
    }

    [Fact]
    public async Task InspectModel_UnknownFamily_NamesIt()
    {
        await using var service = await ServiceProcess.StartAsync(data.FullPath, Stop);
        string folder = data.Combine("model");
        Directory.CreateDirectory(folder);
        foreach (string file in Directory.EnumerateFiles(Repository.Demo("base-model")))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        string config = await File.ReadAllTextAsync(Path.Combine(folder, "config.json"), Stop);
        await File.WriteAllTextAsync(Path.Combine(folder, "config.json"), config.Replace("\"gpt2\"", "\"mamba\"", StringComparison.Ordinal), Stop);

        var error = await Assert.ThrowsAsync<HubException>(
            () => service.Hub.InvokeAsync<ModelReport>(nameof(IComputeHub.InspectModelAsync), InputRef.OfPath(folder), Stop));

        Assert.Contains("mamba", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InspectDataset_GoodAndBad_SaysWhatIsInIt()
    {
        await using var service = await ServiceProcess.StartAsync(data.FullPath, Stop);
        await File.WriteAllTextAsync(data.Combine("bad.csv"), "comment_text,toxic\nhello,0\nthere,maybe\n", Stop);

        var good = await InspectAsync(service, new DatasetRef(InputRef.OfPath(Repository.Demo("comments.csv"))));
        var bad = await InspectAsync(service, new DatasetRef(InputRef.OfPath(data.Combine("bad.csv"))));

        Assert.Equal(4000, good.Records);
        Assert.Null(good.Problem);
        Assert.Equal(2, bad.Problem?.Row);
        Assert.Equal("toxic", bad.Problem?.Column);
    }

    private static Task<ModelReport> InspectAsync(ServiceProcess service, string folder) =>
        service.Hub.InvokeAsync<ModelReport>(nameof(IComputeHub.InspectModelAsync), InputRef.OfPath(Repository.Demo(folder)), Stop);

    private static Task<DatasetReport> InspectAsync(ServiceProcess service, DatasetRef dataset) =>
        service.Hub.InvokeAsync<DatasetReport>(nameof(IComputeHub.InspectDatasetAsync), dataset, DatasetKind.Comments, Stop);
}
