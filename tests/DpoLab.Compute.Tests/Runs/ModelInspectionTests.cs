using DpoLab.Compute.Interventions;
using DpoLab.Compute.Models;
using DpoLab.Compute.Runs;
using DpoLab.Compute.Training;
using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Runs;
using DpoLab.Tests;

namespace DpoLab.Compute.Tests.Runs;

/// <summary>What an inspection says of a folder is what the loaded model is, and a run refuses with the same words.</summary>
public sealed class ModelInspectionTests
{
    [Theory]
    [InlineData("gpt2", false, true)]
    [InlineData("llama31", true, false)]
    [InlineData("mistral", true, false)]
    [InlineData("gemma2", true, false)]
    public void Of_EveryFamily_SaysWhatTheLoadedModelHas(string family, bool gated, bool outputBias)
    {
        using var folder = Folder(family);
        ModelTraits traits = ModelInspection.Of(folder.Path, TestContext.Current.CancellationToken).Traits!;
        using Decoder decoder = Decoder.Load(folder.Path, TorchSharp.torch.CPU, TorchSharp.torch.ScalarType.Float32);

        Assert.Equal((gated, outputBias), (traits.Gated, traits.OutputBias));
        Assert.Equal(decoder.OutputBias(0) is not null, traits.OutputBias);
        Assert.All(traits.LinearLayers, layer => Assert.NotEmpty(LoraAdapters.Modules(decoder, [layer])));
        Assert.Equal(decoder.Projections.Count, LoraAdapters.Modules(decoder, traits.LinearLayers).Count);
        Assert.True(traits.NamesPadding);
    }

    [Theory]
    [InlineData("gpt2")]
    [InlineData("llama31")]
    public void Of_PatchesAndLoraTargets_AreRefusedInTheWordsOfTheRun(string family)
    {
        using var folder = Folder(family);
        ModelReport report = ModelInspection.Of(folder.Path, TestContext.Current.CancellationToken);
        using Decoder decoder = Decoder.Load(folder.Path, TorchSharp.torch.CPU, TorchSharp.torch.ScalarType.Float32);
        var shift = new InterventionPlan(PositionScope.All, [new NeuronOperation(0, [0], [1], [0.5])], 1);

        ModelCapability export = ModelCapabilities.Of(report).Single(c => c.Name.StartsWith("Export patches", StringComparison.Ordinal));

        Assert.Equal(BakedIntervention.WhyNot(decoder, shift), export.WhyNot);
        var refused = Assert.Throws<TrainingException>(() => LoraAdapters.Modules(decoder, ["nowhere"]));
        Assert.Equal(ModelRefusals.LoraTarget("nowhere", report.Family, report.Traits!.LinearLayers, known: false), refused.Message);
    }

    /// <summary>A tiny model of the family with the demo's tokenizer.</summary>
    private static TemporaryFolder Folder(string family)
    {
        var folder = new TemporaryFolder();
        foreach (string file in Directory.EnumerateFiles(Repository.Fixture("decoders", family, "model")).Concat(Directory.EnumerateFiles(Repository.Demo("base-model"), "*tok*")).Concat(Directory.EnumerateFiles(Repository.Demo("base-model"), "*.txt")))
            File.Copy(file, Path.Combine(folder.Path, Path.GetFileName(file)), overwrite: true);
        return folder;
    }
}
