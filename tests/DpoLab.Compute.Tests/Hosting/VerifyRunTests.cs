using DpoLab.Compute.Runs;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Tests;

namespace DpoLab.Compute.Tests.Hosting;

/// <summary>A run that verifies a model, in its own process.</summary>
public sealed class VerifyRunTests : IDisposable
{
    private readonly TemporaryFolder data = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => data.Dispose();

    [Fact]
    public async Task Run_WithoutValues_ChecksTheModelByItself()
    {
        await using var service = await ServiceProcess.StartAsync(data.FullPath, Stop);

        var end = await EndAsync(service, Specs.Of("r-verify", new VerifyParameters { Model = Specs.Model }));

        var result = Assert.IsType<VerifyResult>(end.Result);
        Assert.True(result.Agrees);
        Assert.Null(result.Against);
        Assert.InRange(result.Difference!.Value, 0, 1e-5);
        Assert.StartsWith("cpu", result.Device, StringComparison.Ordinal);
        Assert.Equal(ContentDigest.OfFolder(Repository.Demo("base-model"), ModelFiles.Count, Stop).Sha256, result.ModelDigest);
    }

    [Fact]
    public async Task Run_ValuesOfOtherFiles_FailsAndSaysSo()
    {
        data.Write("values/values.json", """
            {"format":"dpolab-values-1","model_sha256":"00","dtype":"float32","device":"cpu","versions":{"transformers":"5.24.0"},"layers":[],
             "texts":[{"ids":[1],"greedy":[],"smallest_margin":1}]}
            """);
        DpoLab.Compute.Checkpoints.SafetensorsFile.Write(data.File("values", "values.safetensors"), new Dictionary<string, TorchSharp.torch.Tensor>());
        await using var service = await ServiceProcess.StartAsync(data.File("lab"), Stop);

        var end = await EndAsync(service, Specs.Of("r-verify", new VerifyParameters { Model = Specs.Model, Values = InputRef.OfPath(data.File("values")) }));

        Assert.Equal(RunOutcome.Failed, end.Outcome);
        Assert.Contains("exported from other files", end.Reason, StringComparison.Ordinal);
    }

    private static async Task<FinishedEvent> EndAsync(ServiceProcess service, RunSpec spec)
    {
        await service.SubmitAsync(spec, 1, Stop);
        return (FinishedEvent)(await service.FollowAsync(spec.Id, 0, Stop))[^1];
    }
}
