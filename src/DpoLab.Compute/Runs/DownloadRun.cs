using DpoLab.Compute.Data;
using DpoLab.Compute.Downloads;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Runs;

/// <summary>
/// Fetches a model or dataset from the hub into the data folder, <c>models/ID/COMMIT</c> or <c>datasets/ID/COMMIT</c>. Until everything is there and
/// right it lies beside that under a hidden name, from where any later start goes on.
/// </summary>
internal sealed class DownloadRun(DownloadParameters parameters) : IRun
{
    private const string Ask = "ask the hub";
    private const string Fetch = "download";
    private const string Look = "look at what came";
    private const long SpareBytes = 256L << 20;

    public IReadOnlyList<RunStage> Stages => [new(Ask), new(Fetch, 100), new(Look, 3)];

    private bool IsDataset => parameters.Dataset is not null;

    public RunResult Execute(RunContext context) =>
        Task.Run(() => ExecuteAsync(context), context.Cancellation).GetAwaiter().GetResult(); // runs execute on a thread of their own, which waits here

    private async Task<RunResult> ExecuteAsync(RunContext context)
    {
        var asking = context.Report.Begin(Ask, "repositories", 1);
        var retries = new Retries(new RetryOptions(), line => context.Report.Log(line, LogLevel.Warning));
        using var hub = new HubClient(HubAccess.Of(context.Directory.DataPath), retries.Options.Silence);
        var repository = await retries.TryAsync(
            parameters.Repository, () => HubRepository.FindAsync(hub, parameters.Repository, IsDataset, parameters.Revision, context.Cancellation), context.Cancellation);
        context.Report.Log($"{parameters.Repository} at {parameters.Revision} is commit {repository.Commit} on {hub.Host}.");
        IReadOnlyList<HubFile> files = parameters.Dataset is { } kind ? [WantedFiles.OfDataset(repository, parameters.File, kind)] : WantedFiles.OfModel(repository);
        asking.Report(1);

        var place = new DownloadPlace(context.Directory.DataPath, IsDataset, parameters.Repository, repository.Commit);
        using var held = place.Hold();
        RefuseWhenDiskIsFull(place, files);
        var (fetched, bytes) = await FetchAsync(context, new FetchWork(hub, repository, place, retries), files);
        place.Publish(files);
        return Result(context, place, fetched) with { Commit = repository.Commit, Hub = hub.Host, Licence = repository.Licence, BytesFetched = bytes };
    }

    private static async Task<(IReadOnlyList<DownloadedFile> Files, long Bytes)> FetchAsync(RunContext context, FetchWork work, IReadOnlyList<HubFile> files)
    {
        long done = BytesThere(work.Place, files);
        if (done > 0)
            context.Report.Log($"{done} bytes are there already; it goes on from them.");
        var stage = context.Report.Begin(Fetch, "bytes", files.Sum(file => file.Bytes), done);
        var download = new FileDownload(work.Hub, work.Repository, new DownloadFolders(work.Place.Unfinished, work.Place.Finished), work.Retries, bytes => stage.Report(done += bytes));
        var fetched = new List<DownloadedFile>();
        foreach (var file in files)
            fetched.Add(await download.FetchAsync(file, context.Cancellation));
        stage.Report(done);
        return (fetched, download.BytesFetched);
    }

    /// <summary>Reads what came as runs will read it: what cannot be used fails here, not in somebody's training.</summary>
    private DownloadResult Result(RunContext context, DownloadPlace place, IReadOnlyList<DownloadedFile> files)
    {
        var looking = context.Report.Begin(Look, IsDataset ? "datasets" : "models", 1);
        string location = IsDataset ? Path.Combine(place.Finished, files[0].Path) : place.Finished;
        var result = new DownloadResult
        {
            Repository = parameters.Repository,
            Revision = parameters.Revision,
            Commit = "",
            Hub = "",
            Location = location,
            Files = files,
            BytesFetched = 0,
            Model = IsDataset ? null : ModelInspection.Of(location, context.Cancellation),
            Dataset = parameters.Dataset is { } kind ? DatasetInspection.Inspect(new DatasetFile(location, parameters.Columns), kind, context.Cancellation) : null,
        };
        if (result.Dataset?.Problem is { } problem)
            throw new InputException($"{files[0].Path} arrived whole, but it cannot be used as {parameters.Dataset}: {problem.Message} It stays in {location}.");
        looking.Report(1);
        return result;
    }

    private static void RefuseWhenDiskIsFull(DownloadPlace place, IReadOnlyList<HubFile> files)
    {
        long missing = files.Sum(file => file.Bytes) - BytesThere(place, files);
        long free = new DriveInfo(place.Unfinished).AvailableFreeSpace;
        if (free < missing + SpareBytes)
        {
            throw new DownloadException(
                $"{missing >> 20} MB are to come, and the disk of {Environment.MachineName} has {free >> 20} MB left, {SpareBytes >> 20} of which stay free. Free space, then retry.");
        }
    }

    private static long BytesThere(DownloadPlace place, IReadOnlyList<HubFile> files) =>
        files.Sum(file => new DownloadFolders(place.Unfinished, place.Finished).BytesThere(file));

    private sealed record FetchWork(HubClient Hub, HubRepository Repository, DownloadPlace Place, Retries Retries);
}
