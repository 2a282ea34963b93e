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

    [Fact]
    public void Run_FolderWithoutACase_EndsWith2()
    {
        using var folder = new TemporaryFolder();
        var (report, output) = Verify(folder.Path);
        Assert.Equal(2, report.ExitCode);
        Assert.Contains("there is no case to check", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_RealModelThatIsNotThere_SaysWhatToDoAndEndsWith2()
    {
        using var folder = new TemporaryFolder();
        folder.Write("smollm2/expected.json", "{}"u8.ToArray());
        var (report, output) = Verify(folder.Path);
        Assert.Equal(2, report.ExitCode);
        Assert.Contains("smollm2/expected", output, StringComparison.Ordinal);
        Assert.Contains("cannot be read: the model is not among the reference values", output, StringComparison.Ordinal);
        Assert.Contains("--models", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_RealModelWithOtherValues_FailsWhatDiffers()
    {
        using var folder = new TemporaryFolder();
        folder.Write("smollm2/expected.json", """
            {"prompts":[{"prompt":"Hello","ids":[1],"top_ids":[0],"top_logprobs":[3.0],"greedy":[-1],"greedy_text":"","smallest_margin":1.0}]}
            """u8.ToArray());
        using var output = new StringWriter();
        var report = new VerificationReport(new VerificationFolder(folder.Path, folder.Path, Repository.Demo("base-model")), output);
        report.Run(CaseCheckers.All, TestContext.Current.CancellationToken);
        Assert.Equal((1, 3), (report.ExitCode, report.Failed));
    }

    [Fact]
    public void Run_CasesUnderOtherNames_AreFoundByWhatTheySay()
    {
        using var folder = new TemporaryFolder();
        folder.Copy(Repository.Fixture("decoders", "mistral"), "decoders/mistral");
        folder.Copy(Repository.Fixture("dpo", "mistral-hinge-gamma0.0"), "dpo/second");
        folder.Copy(Repository.Fixture("dpo", "mistral-ipo-adamw"), "dpo/first");
        folder.Copy(Repository.Fixture("science", "mistral"), "science/other");
        string path = folder.File("science", "other", "expected.json");
        File.WriteAllText(path, "{\"model\":\"mistral\"," + File.ReadAllText(path).TrimStart()[1..]);
        using var expected = new ScienceCase(new VerificationFolder(folder.Path, folder.Path), "other");
        var tuned = new NeuronCaseChecker().Check(new VerificationFolder(folder.Path, folder.Path), "other", TestContext.Current.CancellationToken);
        Assert.Equal("mistral", expected.Family);
        Assert.All(tuned, comparison => Assert.True(comparison.IsRight, comparison.What));
    }

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
        folder.Copy(Repository.Fixture("decoders", "llama-tied"), "decoders/llama-tied");
        return folder;
    }
}
