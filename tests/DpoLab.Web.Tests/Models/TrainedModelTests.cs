using System.Text.Json;
using Bunit;
using DpoLab.Contracts;
using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Data;
using DpoLab.Web.Models;
using DpoLab.Web.Tests.Lab;
using Microsoft.EntityFrameworkCore;

namespace DpoLab.Web.Tests.Models;

/// <summary>What is known of models that runs made: the shape, and so the capabilities, of the folder at the beginning.</summary>
public sealed class TrainedModelTests
{
    private static readonly ModelReport Known = Stock.Decoder with { Traits = new ModelTraits(Gated: false, OutputBias: false, EndsText: true, NamesPadding: true, ["c_attn"]) };

    [Fact]
    public async Task Panel_TrainedAndThenExported_SaysWhatItsBaseCanAndCannotDo()
    {
        await using TestLab lab = await StartAsync();
        await using var pages = new TestPages(lab);
        string export = await MakeAsync(lab, new ExportParameters { Model = InputRef.OfArtifact(await TrainAsync(lab), Artifacts.BestModel, "trained") });
        ModelView exported = (await ListAsync(lab)).Single(model => model.RunId == export);

        var panel = pages.Render<ModelFactsPanel>(p => p.Add(m => m.Model, exported).Add(m => m.Close, Urls.Models));

        Assert.Null(exported.Report); // digest and weights are not those of the base
        Assert.Equal(ModelCapabilities.Of(Known).Count, panel.FindAll(".can li").Count);
        Assert.Contains(ModelRefusals.Adding(outputBias: false, "gpt2")!, panel.Markup, StringComparison.Ordinal);
        Assert.Contains("768 a layer", panel.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Panel_TrainedOfAFolderThatWasRemoved_SaysHowToKnow()
    {
        await using TestLab lab = await StartAsync();
        await using var pages = new TestPages(lab);
        string run = await TrainAsync(lab);
        await lab.Database.WriteAsync(db => db.Models.ExecuteDeleteAsync(TestLab.Token), TestLab.Token);
        ModelView trained = (await ListAsync(lab)).First(model => model.RunId == run);

        var panel = pages.Render<ModelFactsPanel>(p => p.Add(m => m.Model, trained).Add(m => m.Close, Urls.Models));

        Assert.Null(trained.Shape);
        Assert.Empty(panel.FindAll(".can li"));
        Assert.Contains("Add that folder again", panel.Markup, StringComparison.Ordinal);
    }

    private static async Task<TestLab> StartAsync()
    {
        TestLab lab = await TestLab.StartAsync();
        await Stock.AddAllAsync(lab.Database);
        string report = JsonSerializer.Serialize(Known, ContractJson.Options);
        await lab.Database.WriteAsync(db => db.Models.Where(m => m.Role == "decoder").ExecuteUpdateAsync(set => set.SetProperty(m => m.ReportJson, report), TestLab.Token), TestLab.Token);
        return lab;
    }

    private static Task<string> TrainAsync(TestLab lab) =>
        MakeAsync(lab, new DpoParameters { Model = Specs.Model, Pairs = new DatasetRef(InputRef.OfPath("/data/pairs.jsonl")) });

    private static async Task<string> MakeAsync(TestLab lab, RunParameters parameters)
    {
        string id = await lab.SubmitAsync(parameters);
        await lab.Database.WriteAsync(db => db.Runs.Where(run => run.Id == id).ExecuteUpdateAsync(set => set.SetProperty(run => run.State, RunState.Succeeded), TestLab.Token), TestLab.Token);
        return id;
    }

    private static Task<IReadOnlyList<ModelView>> ListAsync(TestLab lab) => lab.Get<ModelQueries>().ListAsync("decoder", TestLab.Token);
}
