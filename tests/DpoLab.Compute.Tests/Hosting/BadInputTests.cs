using DpoLab.Compute.Checkpoints;
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
    public async Task Run_WeightIsNotANumber_NamesIt()
    {
        string folder = await CopyModelAsync();
        long begin;
        using (var file = SafetensorsFile.Open(Path.Combine(folder, "model.safetensors")))
            begin = file.Entries["transformer.ln_f.weight"].Begin;
        await using (var weights = new FileStream(Path.Combine(folder, "model.safetensors"), FileMode.Open))
        {
            weights.Position = begin;
            await weights.WriteAsync(new byte[] { 0x00, 0x7E }, Stop); // NaN in fp16
        }

        string reason = await FailureAsync(Specs.Of("r-bad", Specs.DpoParameters(10) with { Model = InputRef.OfPath(folder) }));

        Assert.Contains("NaN", reason, StringComparison.Ordinal);
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
        string folder = await CopyModelAsync();
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

    private async Task<string> CopyModelAsync()
    {
        string folder = data.Combine("model");
        Directory.CreateDirectory(folder);
        foreach (string file in Directory.EnumerateFiles(Repository.Demo("base-model")))
            await File.WriteAllBytesAsync(Path.Combine(folder, Path.GetFileName(file)), await File.ReadAllBytesAsync(file, Stop), Stop);
        return folder;
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
