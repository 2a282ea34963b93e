using Bunit;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Accounts;
using DpoLab.Web.NeuronSets;
using DpoLab.Web.Tests.Lab;
using Microsoft.EntityFrameworkCore;

namespace DpoLab.Web.Tests.NeuronSets;

public sealed class NeuronSetTests
{
    [Fact]
    public async Task Save_SameNameOtherNeurons_MakesTheNextVersionAndKeepsTheFirst()
    {
        await using var lab = await TestLab.StartAsync();

        var first = await SaveAsync(lab, "toxic", [5, 1, 5]);
        var again = await SaveAsync(lab, " toxic ", [1, 5]);
        var second = await SaveAsync(lab, "toxic", [1, 5, 7]);

        Assert.Equal(first, again); // the same neurons are no new version
        Assert.Equal((first.Id, 2), second);
        NeuronSetView newest = (await lab.Get<NeuronSetQueries>().FindAsync(first.Id))!;
        NeuronSetView oldest = (await lab.Get<NeuronSetQueries>().FindAsync(first.Id, 1))!;
        Assert.Equal([1, 5, 7], newest.Neurons);
        Assert.Equal([1, 5], oldest.Neurons);
        Assert.Equal([2, 1], newest.Versions.Select(v => v.Version));
        Assert.Equal("toxic, v2", newest.Summary.Reference.Name);
        Assert.Equal(newest.Shown.Digest, newest.Summary.Reference.Digest);
    }

    [Theory]
    [InlineData("", new[] { 1 }, "has no name")]
    [InlineData("none", new int[0], "No neuron is chosen")]
    [InlineData("far", new[] { 12 }, "outside the model's 3 layers of 4")]
    public async Task Save_WhatIsNoSet_IsRefused(string name, int[] neurons, string message)
    {
        await using var lab = await TestLab.StartAsync();

        var refused = await Assert.ThrowsAsync<InputRefusedException>(() => SaveAsync(lab, name, neurons));

        Assert.Contains(message, refused.Message);
    }

    [Fact]
    public async Task Save_AsAViewer_IsNotAllowed()
    {
        await using var lab = await TestLab.StartAsync();

        await Assert.ThrowsAsync<NotAllowedException>(() => SaveAsync(lab, "mine", [1], new Actor("eve", LabRole.Viewer)));
    }

    [Fact]
    public async Task Uses_RunThatNamesAVersion_AreListedAndHoldTheSet()
    {
        await using var lab = await TestLab.StartAsync();
        var (id, _) = await SaveAsync(lab, "toxic", [1]);
        InputRef set = (await lab.Get<NeuronSetQueries>().FindAsync(id))!.Summary.Reference;
        string run = await lab.SubmitAsync(new EvaluateParameters
        {
            Model = Specs.Model,
            Data = Specs.Data(),
            Variants = [new EvaluationVariant { Name = "ablate", Intervention = new ScaleIntervention { Neurons = new SetSelection(set) } }],
        });

        NeuronSetUse use = Assert.Single((await lab.Get<NeuronSetQueries>().FindAsync(id))!.Uses);

        Assert.Equal((1, run), (use.Version, use.Run.Id));
        Assert.Contains(set, (await lab.RunAsync(run)).Spec.Parameters.Inputs());
        await Assert.ThrowsAsync<InputRefusedException>(() => lab.Get<NeuronSetCommands>().RemoveAsync(id, Actor.Local, TestLab.Token));
    }

    [Fact]
    public async Task Remove_UnusedSet_TakesItsVersionsWithIt()
    {
        await using var lab = await TestLab.StartAsync();
        var (id, _) = await SaveAsync(lab, "toxic", [1]);

        await lab.Get<NeuronSetCommands>().RemoveAsync(id, Actor.Local, TestLab.Token);

        Assert.Empty(await lab.Get<NeuronSetQueries>().ListAsync());
        Assert.Equal(0, await lab.Database.ReadAsync(db => db.NeuronSetVersions.CountAsync(TestLab.Token), TestLab.Token));
    }

    [Fact]
    public void Compare_TwoSets_CountsThemByLayer()
    {
        var comparison = NeuronSetComparison.Of([0, 1, 4, 5], [1, 5, 9], layers: 3, perLayer: 4);

        Assert.Equal((2, 2, 1), (comparison.Both, comparison.First, comparison.Second));
        Assert.Equal(0.4, comparison.Jaccard, 9);
        Assert.Equal(2.0 / 3, comparison.Overlap, 9);
        Assert.Equal(1, comparison.Expected(12), 9);
        Assert.Equal([new LayerOverlap(0, 1, 1, 0), new LayerOverlap(1, 1, 1, 0), new LayerOverlap(2, 0, 0, 1)], comparison.ByLayer);
    }

    [Theory]
    [InlineData("layer,neuron\n19,770\n12,771\n")]
    [InlineData("19;770\r\n12;771")]
    [InlineData("layer,neuron,group\n19,770,TP\n\n12,771,TP\n")]
    [InlineData("[[19, 770], [12, 771]]")]
    [InlineData("[{\"layer\": 19, \"neuron\": 770}, {\"layer\": 12, \"neuron\": 771, \"why\": 1}]")]
    public void Read_FilesOfPeople_GiveTheirNeurons(string text) =>
        Assert.Equal([new NeuronIndex(19, 770), new NeuronIndex(12, 771)], NeuronSetText.Read(text));

    [Theory]
    [InlineData("layer,neuron\n19,x", "Line 2 holds “19,x”")]
    [InlineData("19,770\n-1,3", "Line 2")]
    [InlineData("19", "Line 1")]
    [InlineData("[[19, 770], [1]]", "Element 1")]
    [InlineData("[[19, 770]", "Element")]
    [InlineData("[{\"layer\": 1}]", "Element 0")]
    public void Read_WhatIsNoNeuron_SaysWhere(string text, string message) =>
        Assert.Contains(message, Assert.Throws<InputRefusedException>(() => NeuronSetText.Read(text)).Message);

    [Fact]
    public void ToFile_SameNeurons_IsTheSameFileAndReadsBack()
    {
        byte[] file = NeuronSetText.ToFile(3, 4, [1, 5, 11]);

        Assert.Equal(file, NeuronSetText.ToFile(3, 4, [1, 5, 11]));
        Assert.Equal([1, 5, 11], NeuronSetText.FromFile(file, 3));
    }

    [Fact]
    public async Task Page_ComparedSets_ShowWhatTheyShare()
    {
        await using var context = await PageContext.StartAsync();
        var commands = context.Get<NeuronSetCommands>();
        var (first, _) = await commands.SaveAsync(Set("first", [0, 1, 4, 5]), PageContext.Ada, PageContext.Token);
        var (second, _) = await commands.SaveAsync(Set("second", [1, 5, 9]), PageContext.Ada, PageContext.Token);
        context.Navigation.NavigateTo($"{Urls.NeuronSet(first)}?with={second}");

        var page = context.Render<NeuronSetPage>(p => p.Add(s => s.Id, first));

        await page.WaitForAssertionAsync(() => Assert.Contains(".400", page.Markup));
        Assert.Contains("4 of 12 neurons", page.Markup);
        Assert.Contains("No run has used it yet", page.Markup);
    }

    private static Task<(int Id, int Version)> SaveAsync(TestLab lab, string name, int[] neurons, Actor? by = null) =>
        lab.Get<NeuronSetCommands>().SaveAsync(Set(name, neurons), by ?? Actor.Local, TestLab.Token);

    private static NewNeuronSet Set(string name, int[] neurons) =>
        new() { Name = name, Layers = 3, NeuronsPerLayer = 4, Neurons = neurons, Origin = "a test" };
}
