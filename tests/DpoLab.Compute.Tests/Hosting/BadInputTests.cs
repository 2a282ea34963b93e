using DpoLab.Contracts.Runs;
using DpoLab.Tests;

namespace DpoLab.Compute.Tests.Hosting;

/// <summary>Bad input: the run fails cleanly with words that name what, where and what to do, and the service goes on.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly TemporaryFolder data = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => data.Dispose();

    [Fact]
    public async Task Run_LearningRateDiverges_NamesTheStep()
    {
        var parameters = Specs.DpoParameters(200) with { Optimizer = DpoOptimizer.RmsProp, LearningRate = 1e-2, WarmupSteps = 0, Clip = 1e6 };

        string reason = await FailureAsync(Specs.Of("r-bad", parameters));

        Assert.Matches("(?i)step \\d+", reason);
        Assert.Contains("learning rate", reason, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Run_EmptyDataset_SaysSo()
    {
        await File.WriteAllTextAsync(data.Combine("empty.csv"), "", Stop);

        Assert.Contains("empty.csv: is empty", await FailureAsync(Specs.MeanDifference("r-bad", InputRef.OfPath(data.Combine("empty.csv")))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_BadRecord_NamesRowAndColumn()
    {
        await File.WriteAllTextAsync(data.Combine("bad.csv"), "comment_text,toxic\nhello,0\nthere,maybe\n", Stop);

        string reason = await FailureAsync(Specs.MeanDifference("r-bad", InputRef.OfPath(data.Combine("bad.csv"))));

        Assert.Contains("row 2", reason, StringComparison.Ordinal);
        Assert.Contains("maybe", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_FolderWithoutTokenizer_SaysWhatIsMissing()
    {
        string folder = data.Combine("model");
        Directory.CreateDirectory(folder);
        foreach (string name in new[] { "config.json", "model.safetensors" })
            File.Copy(Repository.Demo("base-model", name), Path.Combine(folder, name));

        Assert.Contains("tokenizer", await FailureAsync(Specs.Direction("r-bad", InputRef.OfPath(folder))), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Run_TruncatedWeights_NamesTheFile()
    {
        string folder = data.Combine("model");
        Directory.CreateDirectory(folder);
        foreach (string file in Directory.EnumerateFiles(Repository.Demo("base-model")))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        await using (var weights = new FileStream(Path.Combine(folder, "model.safetensors"), FileMode.Open))
            weights.SetLength(weights.Length / 2);

        Assert.Contains("model.safetensors", await FailureAsync(Specs.Direction("r-bad", InputRef.OfPath(folder))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_TextsLongerThanTheContext_NamesBothLengths()
    {
        string reason = await FailureAsync(Specs.MeanDifference("r-bad", InputRef.OfPath(Repository.Demo("comments.csv")), maxTokens: 500));

        Assert.Contains("500 tokens", reason, StringComparison.Ordinal);
        Assert.Contains("at most 128", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ArtifactOfAnUnknownRun_NamesIt() =>
        Assert.Contains("run r-never is not on this compute service", await FailureAsync(Specs.Direction("r-bad", InputRef.OfArtifact("r-never", Artifacts.BestModel))), StringComparison.Ordinal);

    [Fact]
    public async Task Run_SettingOutsideItsLimits_NamesTheField() =>
        Assert.Contains("beta: ", await FailureAsync(Specs.Of("r-bad", Specs.DpoParameters(10) with { Beta = -1 })), StringComparison.Ordinal);

    [Fact]
    public async Task Run_PinnedContentHasChanged_NamesBothDigests()
    {
        string pinned = new('a', 64);

        string reason = await FailureAsync(Specs.Direction("r-bad", InputRef.OfPath(Repository.Demo("base-model"), digest: pinned)));

        Assert.Contains(pinned, reason, StringComparison.Ordinal);
        Assert.Contains("has changed since it was chosen", reason, StringComparison.Ordinal);
    }

    private async Task<string> FailureAsync(RunSpec spec)
    {
        await using var service = await ServiceProcess.StartAsync(data.FullPath, Stop);
        await service.SubmitAsync(spec, 1, Stop);
        var end = Assert.IsType<FinishedEvent>((await service.FollowAsync(spec.Id, 0, Stop))[^1]);
        Assert.Equal(RunOutcome.Failed, end.Outcome);
        string artifacts = data.Combine("runs", spec.Id, "artifacts");
        Assert.DoesNotContain(Directory.Exists(artifacts) ? Directory.GetFileSystemEntries(artifacts) : [], path => Path.GetFileName(path).StartsWith('.'));

        await service.SubmitAsync(Specs.Direction("r-after"), 1, Stop);
        Assert.Equal(RunOutcome.Succeeded, ((FinishedEvent)(await service.FollowAsync("r-after", 0, Stop))[^1]).Outcome);
        return end.Reason!;
    }
}
