using System.Diagnostics;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Runs;

/// <summary>What a run says while it runs: progress within its stages, curves, texts, rows, lines for people.</summary>
internal sealed class RunReport
{
    private const int TextsPerEvent = 64;
    private readonly EventLog log;
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private double? firstOverall;

    public RunReport(EventLog log, IReadOnlyList<RunStage> stages)
    {
        this.log = log;
        Stages = stages;
    }

    /// <summary>The stages, in order.</summary>
    public IReadOnlyList<RunStage> Stages { get; }

    /// <summary>Begins a stage.</summary>
    /// <param name="name">One of <see cref="Stages"/>.</param>
    /// <param name="unit">What is counted.</param>
    /// <param name="total">How many there are; null: unknown.</param>
    /// <param name="done">How many are done already, after a resume.</param>
    public StageReport Begin(string name, string unit, double? total, double done = 0)
    {
        int index = Stages.ToList().FindIndex(s => s.Name == name);
        if (index < 0)
            throw new ArgumentException($"The run has no stage {name}.", nameof(name));
        double all = Stages.Sum(s => s.Weight);
        var share = new StageShare(Stages.Take(index).Sum(s => s.Weight) / all, Stages[index].Weight / all);
        return new StageReport(this, name, unit, total, done, share);
    }

    /// <summary>Adds points to curves; points of one step go together.</summary>
    public void Metrics(long step, params IReadOnlyList<(string Name, double Value)> points) =>
        log.Append([.. points.Select(p => new MetricEvent { Name = p.Name, Step = step, Value = p.Value })]);

    /// <summary>Adds a line for people.</summary>
    public void Log(string message, LogLevel level = LogLevel.Info) => log.Append(new LogEvent { Level = level, Message = message });

    /// <summary>Shows generated texts.</summary>
    public void Texts(IEnumerable<GenerationRecord> texts)
    {
        foreach (var chunk in texts.Chunk(TextsPerEvent))
            log.Append(new TextsEvent { Texts = chunk });
    }

    /// <summary>Shows a finished row.</summary>
    public void Row(EvaluationRow row) => log.Append(new RowEvent { Row = row });

    /// <summary>Says that a file or folder below <c>artifacts/</c> is complete.</summary>
    public void Artifact(string path, long bytes, string sha256) =>
        log.Append(new ArtifactEvent { Path = path, Bytes = bytes, Sha256 = sha256 }, flushToDisk: true);

    /// <summary>Writes one progress event; the run's remaining time follows from the share that was done since this process began.</summary>
    internal void Progress(ProgressEvent progress, double? overall)
    {
        double? eta = progress.EtaSeconds;
        if (overall is { } share)
        {
            firstOverall ??= share;
            double since = share - firstOverall.Value;
            eta = since > 0.005 ? clock.Elapsed.TotalSeconds / since * (1 - share) : eta;
        }

        log.Append(progress with { Overall = overall, EtaSeconds = eta, MemoryBytes = ProcessFacts.MemoryBytes() });
    }
}

/// <summary>Where a stage lies in the whole run.</summary>
/// <param name="Before">Share of the stages before it.</param>
/// <param name="Own">Its own share.</param>
internal readonly record struct StageShare(double Before, double Own);
