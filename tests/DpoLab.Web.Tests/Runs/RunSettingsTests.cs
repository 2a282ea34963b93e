using DpoLab.Contracts.Runs;
using DpoLab.Web.Runs;
using DpoLab.Web.Tests.Lab;

namespace DpoLab.Web.Tests.Runs;

public sealed class RunSettingsTests
{
    [Fact]
    public void Of_Training_NamesInputsAndWritesNumbersAsPeopleDo()
    {
        var spec = new DpoParameters
        {
            Model = Specs.Model,
            Pairs = new DatasetRef(InputRef.OfPath("/data/pairs.jsonl", "pairs"), Limit: 2000),
            LearningRate = 1e-6,
            Lora = new LoraOptions(8),
        };

        var settings = RunSettings.Of(spec).ToDictionary(s => s.Path, StringComparer.Ordinal);

        Assert.Equal("small", settings["model"].Value);
        Assert.Equal("pairs, first 2,000", settings["pairs"].Value);
        Assert.Equal(("β", "0.1"), (settings["beta"].Title, settings["beta"].Value));
        Assert.Equal(("Learning rate", "1e-6"), (settings["learningRate"].Title, settings["learningRate"].Value));
        Assert.Equal("8", settings["lora.rank"].Value);
        Assert.DoesNotContain(settings.Keys, path => path.Contains("kind", StringComparison.Ordinal));
    }

    [Fact]
    public void Of_Evaluation_NamesItsVariants() =>
        Assert.Equal("minus r-a, minus r-b", RunSettings.Of(Specs.Needing("r-a", "r-b")).Single(s => s.Path == "variants").Value);
}
