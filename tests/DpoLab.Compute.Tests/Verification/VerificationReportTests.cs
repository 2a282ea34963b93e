using DpoLab.Compute.Checkpoints;
using DpoLab.Compute.Verification;
using DpoLab.Tests;
using static TorchSharp.torch;

namespace DpoLab.Compute.Tests.Verification;

/// <summary>What <c>verify</c> prints and how it ends, on a copy of one small case.</summary>
public sealed class VerificationReportTests
{
    [Fact]
    public void Run_AllRight_PrintsALineEachAndEndsWith0()
    {
        using var folder = OneCase();
        var (report, output) = Verify(folder.Path);
        Assert.Equal((0, 11), (report.ExitCode, report.Right));
        Assert.Equal(11, output.Split('\n').Count(line => line.StartsWith("decoders/llama-tied ", StringComparison.Ordinal) && line.EndsWith(" s", StringComparison.Ordinal)));
        Assert.DoesNotContain("FAIL", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_ReferenceThatDiffers_FailsThatLineAndEndsWith1()
    {
        using var folder = OneCase();
        Change(folder, tensors => tensors["right.logits"][3, 2, 7].add_(2e-4));
        var (report, output) = Verify(folder.Path);
        Assert.Equal((1, 10, 1), (report.ExitCode, report.Right, report.Failed));
        Assert.Single(output.Split('\n'), line => line.Contains("logits, padded right", StringComparison.Ordinal) && line.Contains("FAIL", StringComparison.Ordinal));
    }

    [Fact]
    public void Run_ReferenceThatIsNotANumber_Fails()
    {
        using var folder = OneCase();
        Change(folder, tensors => tensors["left.mlp_out.1"][0, 35, 0].fill_(float.NaN));
        Assert.Equal(1, Verify(folder.Path).Report.ExitCode);
    }

    [Fact]
    public void Run_CaseThatCannotBeRead_SaysWhyAndEndsWith2()
    {
        using var folder = OneCase();
        File.Delete(folder.File("decoders", "llama-tied", "model", "config.json"));
        var (report, output) = Verify(folder.Path);
        Assert.Equal(2, report.ExitCode);
        Assert.Contains("config.json: the file is missing", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_UnknownSubFolder_IsNamed()
    {
        using var folder = OneCase();
        Directory.CreateDirectory(folder.File("encoders"));
        var (report, output) = Verify(folder.Path);
        Assert.Equal(0, report.ExitCode);
        Assert.Contains("encoders/: not checked", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_NoFolder_EndsWith2() => Assert.Equal(2, Verify("/nowhere/at/all").Report.ExitCode);

    private static (VerificationReport Report, string Output) Verify(string path)
    {
        using var output = new StringWriter();
        var report = new VerificationReport(new VerificationFolder(path, path), output);
        report.Run(CaseCheckers.All, TestContext.Current.CancellationToken);
        return (report, output.ToString());
    }

    private static void Change(TemporaryFolder folder, Action<Dictionary<string, Tensor>> change)
    {
        using var scope = NewDisposeScope();
        var path = folder.File("decoders", "llama-tied", "expected.safetensors");
        using var file = SafetensorsFile.Open(path);
        var tensors = file.Names.ToDictionary(name => name, name => file.Load(name));
        change(tensors);
        SafetensorsFile.Write(path, tensors);
    }

    private static TemporaryFolder OneCase()
    {
        var folder = new TemporaryFolder();
        var source = Repository.Fixture("decoders", "llama-tied");
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var target = folder.File("decoders", "llama-tied", Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return folder;
    }
}
