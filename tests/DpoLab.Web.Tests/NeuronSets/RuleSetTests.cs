using DpoLab.Contracts.Runs;
using DpoLab.Tests;
using DpoLab.Web.Accounts;
using DpoLab.Web.NeuronSets;
using DpoLab.Web.Tests.Lab;
using DpoLab.Web.Tests.Neurons;

namespace DpoLab.Web.Tests.NeuronSets;

/// <summary>What the Playground's edit keeps as a set: the neurons that the rule takes, and where they come from.</summary>
public sealed class RuleSetTests
{
    private const string Run = "r-synthetic";
    private const int PerLayer = 250;

    [Fact]
    public async Task OfRule_LayersAndASet_TakesTheFractionWithinThem()
    {
        var neurons = SyntheticNeurons.Of(4, PerLayer, seed: 11);
        await using var lab = new WebLab(embedded: true);
        using HttpClient client = lab.CreateClient();
        await NeuronEndpointTests.TakeInAsync(lab, client, neurons);
        var sources = lab.Get<NeuronSetSources>();
        var edit = new EditIntervention { Alpha = 0.05, Beta = 0.5, Groups = [NeuronGroup.Tp], FirstLayer = 1, LastLayer = 2 };
        int[] quadrant = [.. Enumerable.Range(PerLayer, 2 * PerLayer).Where(i => neurons.Cosine[i] > 0 && neurons.ActivationBefore[i] > 0)];
        int[] half = [.. quadrant.OrderByDescending(i => neurons.Cosine[i]).Take(quadrant.Length / 2)];

        NewNeuronSet rule = await sources.OfRuleAsync("rule", null, Run, edit);
        var (id, version) = await lab.Get<NeuronSetCommands>().SaveAsync(rule with { Name = "even", Neurons = [.. half.Where(i => i % 2 == 0)] }, Actor.Local, TestLab.Token);
        NeuronSetSummary even = (await lab.Get<NeuronSetQueries>().FindAsync(id, version))!.Summary;
        NewNeuronSet within = await sources.OfRuleAsync("rule", null, Run, edit with { Neurons = new SetSelection(InputRef.OfUpload(even.Digest)) });

        Assert.Equal(half.Order(), rule.Neurons.Order());
        Assert.Equal(half.Where(i => i % 2 == 0).Order(), within.Neurons.Order());
        Assert.Equal((Run, "tuning-free rule, α 0.05, β 0.5 of TP, layers 1 to 2, corrected protocol"), (rule.RunId, rule.Origin));
        Assert.Equal("tuning-free rule, α 0.05, β 0.5 of TP, layers 1 to 2, within even, v1, corrected protocol", within.Origin);
        await Assert.ThrowsAsync<InputRefusedException>(() => sources.OfRuleAsync("rule", null, Run, edit with { LastLayer = 4 }));
        await Assert.ThrowsAsync<InputRefusedException>(() => sources.OfRuleAsync("rule", null, Run, edit with { Neurons = new TopToxicSelection(5) }));
    }
}
