using System.Diagnostics;
using static TorchSharp.torch;

namespace DpoLab.Benchmarks;

/// <summary>Times things: the fastest of several times, since everything that disturbs a measurement makes it slower.</summary>
internal sealed class BenchmarkClock(bool processorTime, int repeats)
{
    public string Description => processorTime ? "processor time" : "time";

    /// <summary>Seconds of the fastest run of one thing.</summary>
    public double Fastest(Action action) => Fastest([action])[0];

    /// <summary>Seconds of the fastest run of each of several things, measured in turn so that a disturbance meets all alike.</summary>
    public double[] Fastest(params Action[] actions)
    {
        var fastest = Enumerable.Repeat(double.PositiveInfinity, actions.Length).ToArray();
        for (var repeat = 0; repeat < repeats; repeat++)
        {
            for (var i = 0; i < actions.Length; i++)
                fastest[i] = Math.Min(fastest[i], Seconds(actions[i]));
        }

        return fastest;
    }

    /// <summary>A GPU is only told what to do: what was asked of it before must be done.</summary>
    private static void WaitForDevice()
    {
        if (BenchmarkModel.Device.type is TorchSharp.DeviceType.CUDA)
            cuda.synchronize();
    }

    private double Seconds(Action action)
    {
        using var scope = NewDisposeScope();
        if (!processorTime)
        {
            WaitForDevice();
            var clock = Stopwatch.StartNew();
            action();
            WaitForDevice();
            return clock.Elapsed.TotalSeconds;
        }

        var before = Environment.CpuUsage.TotalTime;
        action();
        // Spread over the threads that compute, to be comparable with time.
        return (Environment.CpuUsage.TotalTime - before).TotalSeconds / get_num_threads();
    }
}
