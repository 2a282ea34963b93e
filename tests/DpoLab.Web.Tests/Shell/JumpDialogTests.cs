using Bunit;
using DpoLab.Contracts.Runs;
using DpoLab.Tests;
using DpoLab.Web.Accounts;
using DpoLab.Web.Neurons;
using DpoLab.Web.NeuronSets;
using DpoLab.Web.Shell;
using DpoLab.Web.Tests.Lab;

namespace DpoLab.Web.Tests.Shell;

public sealed class JumpDialogTests
{
    [Theory]
    [InlineData("L19 n770", 19, 770)]
    [InlineData("l2.5", 2, 5)]
    [InlineData("L3n10", 3, 10)]
    [InlineData("L3 · n10", 3, 10)]
    public void Parse_ANeuronAsPeopleTypeIt_IsThatNeuron(string text, int layer, int neuron) => Assert.Equal(new NeuronIndex(layer, neuron), NeuronName.Parse(text));

    [Theory]
    [InlineData("19 770")]
    [InlineData("L19")]
    [InlineData("Llama 2.7")]
    [InlineData("L99999999999 n1")]
    public void Parse_AnythingElse_IsNone(string text) => Assert.Null(NeuronName.Parse(text));

    [Fact]
    public async Task Input_NeuronOfTheLatestPair_LeadsToItsPageAndOutsideTheModelNowhere()
    {
        await using TestLab lab = await TestLab.StartAsync();
        string id = await lab.SubmitAsync(new NeuronsParameters { Base = Specs.Model, Tuned = InputRef.OfPath("/models/tuned"), Direction = InputRef.OfPath("/d"), Prompts = new DatasetRef(InputRef.OfPath("/p")) });
        await lab.Ingest.StoreAsync(id, Events.Numbered(1, Events.Started(), new FinishedEvent { Outcome = RunOutcome.Succeeded, Result = SyntheticNeurons.Of(2, 16, seed: 1).Result(), Seconds = 1 }), TestLab.Token);
        await using var pages = new TestPages(lab);
        var dialog = pages.Render<JumpDialog>();

        await dialog.Find("[data-jump-input]").InputAsync("L1 n15");
        await dialog.WaitForAssertionAsync(() => Assert.Equal(Urls.Neuron(id, 1, 15), dialog.Find("[role=option]").GetAttribute("href")));

        await dialog.Find("[data-jump-input]").InputAsync("L2 n0");
        await dialog.WaitForAssertionAsync(() => Assert.Contains("Nothing matches", dialog.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Input_NameOfANeuronSet_LeadsToIt()
    {
        await using TestLab lab = await TestLab.StartAsync();
        var set = new NewNeuronSet { Name = "loud ones", Layers = 3, NeuronsPerLayer = 4, Neurons = [1], Origin = "a test" };
        (int id, _) = await lab.Get<NeuronSetCommands>().SaveAsync(set, Actor.Local, TestLab.Token);
        await using var pages = new TestPages(lab);
        var dialog = pages.Render<JumpDialog>();

        await dialog.Find("[data-jump-input]").InputAsync("loud");

        await dialog.WaitForAssertionAsync(() => Assert.Contains(dialog.FindAll("[role=option]"), place => place.GetAttribute("href") == Urls.NeuronSet(id)));
    }
}
