using Bunit;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.NeuronSets;
using DpoLab.Web.Playground;
using DpoLab.Web.Tests.Lab;

namespace DpoLab.Web.Tests.Playground;

public sealed class NeuronChoiceTests
{
    private static readonly NeuronSetChoice Newest = new(3, "fierce", 2, 40, new string('a', 64), IsNewest: true);
    private static readonly NeuronSetChoice Earlier = new(3, "fierce", 1, 30, new string('b', 64), IsNewest: false);

    private NeuronSelection? chosen = new GroupSelection([]);

    [Fact]
    public async Task Way_ASet_TakesTheNewestVersionByItsFile()
    {
        await using var context = await PageContext.StartAsync();
        var choice = Render(context, new GroupSelection(PlaygroundSettings.AllGroups));

        await choice.Find("select").ChangeAsync("set");

        Assert.Equal(new SetSelection(InputRef.OfUpload(Newest.Digest)), chosen);
    }

    [Fact]
    public async Task Set_AnEarlierVersion_StaysAndIsSaidToBePinned()
    {
        await using var context = await PageContext.StartAsync();

        var pinned = Render(context, new SetSelection(InputRef.OfUpload(Earlier.Digest)));
        var newest = Render(context, new SetSelection(InputRef.OfUpload(Newest.Digest)));
        var unknown = Render(context, new SetSelection(InputRef.OfUpload(new string('c', 64))));

        Assert.Equal(["fierce, v2 · 40 neurons", "fierce, v1 · 30 neurons"], Options(pinned));
        Assert.Contains("an earlier version, pinned", pinned.Markup, StringComparison.Ordinal);
        Assert.Equal(Urls.NeuronSet(3, 1), pinned.Find("a").GetAttribute("href"));
        Assert.Equal(["fierce, v2 · 40 neurons"], Options(newest));
        Assert.Equal(["a set that is not here", "fierce, v2 · 40 neurons"], Options(unknown));
    }

    [Fact]
    public async Task List_Names_AreTakenAndNonsenseIsSaidToBe()
    {
        await using var context = await PageContext.StartAsync();
        var choice = Render(context, new ListSelection([new NeuronIndex(12, 345)]));
        Assert.Equal("L12.345", choice.Find("textarea").GetAttribute("value"));

        await choice.Find("textarea").ChangeAsync("L12N345, l0 n7; L12.345");
        Assert.Equal([new NeuronIndex(12, 345), new NeuronIndex(0, 7)], Assert.IsType<ListSelection>(chosen).Neurons);

        chosen = null;
        await choice.Find("textarea").ChangeAsync("L12.345, all");
        Assert.Null(chosen);
        Assert.Contains("Layer and index from 0", choice.Find("[role=alert]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Groups_OneOffAndTheStrongest_ChangeThatAlone()
    {
        await using var context = await PageContext.StartAsync();
        var choice = Render(context, new GroupSelection([NeuronGroup.Tp, NeuronGroup.An], Top: 5));

        await choice.FindAll("input[type=checkbox]")[0].ChangeAsync(false);
        Assert.Equivalent(new GroupSelection([NeuronGroup.An], Top: 5), chosen, strict: true);

        await choice.Find("input[type=number]").ChangeAsync("");
        Assert.Equivalent(new GroupSelection([NeuronGroup.Tp, NeuronGroup.An]), chosen, strict: true);
    }

    [Fact]
    public async Task Way_OfAChoiceThatMayBeNone_OffersThat()
    {
        await using var context = await PageContext.StartAsync();
        var choice = Render(context, null, all: "all neurons");

        Assert.Equal("all neurons", choice.Find("option").TextContent);
        await choice.Find("select").ChangeAsync("list");
        Assert.Empty(Assert.IsType<ListSelection>(chosen).Neurons);
        await choice.Find("select").ChangeAsync("");
        Assert.Null(chosen);
    }

    private static string[] Options(IRenderedComponent<NeuronChoice> choice) => [.. choice.FindAll("select")[1].QuerySelectorAll("option").Select(option => option.TextContent)];

    private IRenderedComponent<NeuronChoice> Render(PageContext context, NeuronSelection? neurons, string? all = null) => context.Render<NeuronChoice>(p => p
        .Add(c => c.Id, "patched").Add(c => c.Neurons, neurons).Add(c => c.All, all).Add(c => c.Groups, Array.Empty<GroupSummary>()).Add(c => c.Sets, [Newest, Earlier])
        .Add(c => c.Changed, now => chosen = now));
}
