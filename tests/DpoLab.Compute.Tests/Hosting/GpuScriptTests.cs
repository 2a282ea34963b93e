using System.Diagnostics;
using DpoLab.Tests;

namespace DpoLab.Compute.Tests.Hosting;

/// <summary>The script for GPU hosts, tried where there is none.</summary>
public sealed class GpuScriptTests
{
    [Fact]
    [Trait("Category", "Long")]
    public async Task Run_OnTheCpu_GoesThroughItsSteps()
    {
        var (code, output) = await RunAsync("--cpu");

        Assert.True(code == 0, output);
        Assert.Contains("cases unreadable", output, StringComparison.Ordinal);
        Assert.Contains("GEMM peak of this run", output, StringComparison.Ordinal);
        Assert.Contains("Everything agrees.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_UnknownOption_ExplainsItself()
    {
        var (code, output) = await RunAsync("--gpu");

        Assert.Equal(2, code);
        Assert.Contains("tests/gpu/run --cpu", output, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output)> RunAsync(string argument)
    {
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(Repository.Root, "tests", "gpu", "run"), [argument])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output + await errors);
    }
}
