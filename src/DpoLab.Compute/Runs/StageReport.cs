using System.Diagnostics;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Runs;

/// <summary>Progress within one stage, written at most four times a second, its first and last value always.</summary>
internal sealed class StageReport : IProgress<double>
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private readonly RunReport report;
    private readonly string name;
    private readonly string unit;
    private readonly double? total;
    private readonly double first;
    private readonly StageShare share;
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private TimeSpan written = TimeSpan.MinValue;

    internal StageReport(RunReport report, string name, string unit, double? total, double done, StageShare share)
    {
        (this.report, this.name, this.unit, this.total, first, this.share) = (report, name, unit, total, done, share);
        Write(done);
    }

    /// <summary>Tells how many units are done.</summary>
    public void Report(double value)
    {
        if (clock.Elapsed - written >= Interval || value >= total)
            Write(value);
    }

    /// <summary>A progress that counts something else than this stage's units.</summary>
    public IProgress<T> Of<T>(Func<T, double> done) => new Converted<T>(this, done);

    private void Write(double done)
    {
        written = clock.Elapsed;
        double seconds = clock.Elapsed.TotalSeconds;
        double? rate = done > first && seconds > 0 ? (done - first) / seconds : null;
        double? fraction = total is > 0 ? Math.Clamp(done / total.Value, 0, 1) : null;
        report.Progress(
            new ProgressEvent
            {
                Stage = name,
                Done = done,
                Total = total,
                Unit = unit,
                Rate = rate,
                EtaSeconds = rate is > 0 && total is { } all ? Math.Max(0, all - done) / rate : null,
            },
            share.Before + (share.Own * (fraction ?? 0)));
    }

    /// <summary>Calls on the reporting thread, unlike <see cref="Progress{T}"/>: a superseded attempt must stop its own work.</summary>
    private sealed class Converted<T>(StageReport stage, Func<T, double> done) : IProgress<T>
    {
        public void Report(T value) => stage.Report(done(value));
    }
}
