using Bunit;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Accounts;
using DpoLab.Web.Help;
using DpoLab.Web.Studies;
using DpoLab.Web.Tests.Lab;

namespace DpoLab.Web.Tests.Studies;

public sealed class ProtocolComparisonTests
{
    private static FourGroupsInputs Inputs => FourGroupsTests.Inputs with { AlsoPublished = true };

    [Fact]
    public void Of_EveryReasonThatIsShown_StandsInTheDocumentation()
    {
        Assert.Contains("corrected: continuation against gold continuation; published: prompt and continuation against gold", ProtocolComparison.F1Reason, StringComparison.Ordinal);
        Assert.Contains("acts at position 0 of each window only", ProtocolComparison.PerplexityReason, StringComparison.Ordinal);
        Assert.Contains("after the final norm", ProtocolComparison.DirectionReason, StringComparison.Ordinal);
        Assert.Contains("those that predict each generated token", ProtocolComparison.NeuronReason, StringComparison.Ordinal);
        Assert.Contains("cut from the token ids", ProtocolComparison.ToxicityReason, StringComparison.Ordinal);
        Assert.Throws<KeyNotFoundException>(() => ProtocolReasons.Of("Evaluation", "weather"));
    }

    [Fact]
    public void Plan_AlsoPublished_RunsAllButTrainingAndSweepTwice()
    {
        StudyPlan plan = FourGroupsTemplate.Plan(Inputs);

        Assert.All(plan.Runs, run => Assert.Empty(run.Spec.Parameters.Validate()));
        var published = plan.Runs.Where(run => run.Key.StartsWith("published-", StringComparison.Ordinal)).ToList();
        Assert.Equal(["probe", "mean-difference", "neurons", "reference", "patch", "ablate", "steer", "prefix"], published.Select(run => run.Key["published-".Length..]));
        Assert.All(published, run => Assert.Equal(Protocol.Published, run.Spec.Parameters.Protocol));
        Assert.Equal(18, plan.Runs.Count);
        Assert.Equal(18, plan.Runs.Select(run => run.Spec.Id).Distinct().Count());

        // they read each other and the one training, and of the corrected runs only the directions that they are compared with
        string training = plan.Runs.Single(run => run.Key == "dpo").Spec.Id;
        var own = published.Select(run => run.Spec.Id).Append(training).ToHashSet(StringComparer.Ordinal);
        Assert.All(published.Where(run => run.Spec.Parameters is not DirectionParameters), run => Assert.Subset(own, run.Spec.Needs.ToHashSet(StringComparer.Ordinal)));
        Assert.Equal(
            plan.Runs.Single(run => run.Key == "probe").Spec.Id,
            ((DirectionParameters)published[0].Spec.Parameters).CompareWith!.RunId);
    }

    [Fact]
    public async Task FindAsync_BothProtocolsHaveRows_ShowsThemSideBySideAndKeepsThemApart()
    {
        await using TestLab lab = await TestLab.StartAsync();
        string id = await lab.StudyCommands.CreateFourGroupsAsync(Inputs, Actor.Local, TestLab.Token);
        StudyView study = (await lab.Studies.FindAsync(id))!;
        Assert.Equal(0, study.Protocols!.Done);
        Assert.Empty(study.Protocols.Rows);

        await lab.Ingest.StoreAsync(RunOf(study, "reference"), Events.Numbered(1, Events.Started(), Row("base", 0.6, 100), Row("dpo", 0.2, 101)), TestLab.Token);
        await lab.Ingest.StoreAsync(RunOf(study, "published-reference"), Events.Numbered(1, Events.Started(), Row("base", 0.5, 99)), TestLab.Token);
        await lab.Ingest.StoreAsync(RunOf(study, "published-probe"), Events.Numbered(1, Events.Started(), Direction(0.25)), TestLab.Token);
        await lab.Ingest.StoreAsync(RunOf(study, "probe"), Events.Numbered(1, Events.Started(), Direction(null)), TestLab.Token);
        study = (await lab.Studies.FindAsync(id))!;

        ProtocolRow row = Assert.Single(study.Protocols!.Rows);
        Assert.Equal(("Base model", 100.0, 99.0), (row.Name, row.Corrected.Perplexity!.Value, row.Published.Perplexity!.Value));
        ProtocolNumber cosine = study.Protocols.Numbers.First();
        Assert.Equal(("1.000", ".250"), (cosine.Corrected, cosine.Published));
        Assert.Equal(1, study.Protocols.Done);
        Assert.Equal(0.6, study.Table.Groups[0].Rows.Single(r => r.Variant == "base").Row!.Toxicity!.Mean);
        Assert.Equal(24, study.Table.Rows.Count());
        Assert.Single(study.Directions);
    }

    [Fact]
    public async Task Panel_Rows_HaveTheReasonOnHover()
    {
        await using var context = new BunitContext();
        var view = new ProtocolsView
        {
            Numbers = [new ProtocolNumber("TP", "lowered", "1,000", "900", ProtocolComparison.NeuronReason)],
            Rows = [new ProtocolRow("Base model", Rows.Of("base", .6) with { Perplexity = Rows.Perplexity(100) }, Rows.Of("base", .5))],
            PublishedRuns = ["r-abcdefgh"],
            Done = 1,
        };

        var panel = context.Render<ProtocolsPanel>(p => p.Add(x => x.View, view));

        Assert.Equal(ProtocolComparison.NeuronReason, panel.Find("tbody tr").GetAttribute("title"));
        Assert.Equal(["Base model", ".600", ".500", "100.00", "–", "–", "–"], panel.FindAll("table")[1].QuerySelectorAll("tbody td").Select(cell => cell.TextContent.Trim()));
    }

    [Fact]
    public async Task FindAsync_OneProtocol_HasNoComparison()
    {
        await using TestLab lab = await TestLab.StartAsync();
        string id = await lab.StudyCommands.CreateFourGroupsAsync(FourGroupsTests.Inputs, Actor.Local, TestLab.Token);

        Assert.Null((await lab.Studies.FindAsync(id))!.Protocols);
    }

    private static RowEvent Row(string variant, double toxicity, double perplexity) =>
        new() { Row = Rows.Of(variant, toxicity, RowFamily.Base) with { Perplexity = Rows.Perplexity(perplexity) } };

    private static FinishedEvent Direction(double? cosine) => new()
    {
        Outcome = RunOutcome.Succeeded,
        Result = new DirectionResult { Method = DirectionMethod.Probe, Width = 4, Norm = 1, Cosine = cosine, Promoted = [], Suppressed = [] },
    };

    private static string RunOf(StudyView study, string key) => study.Nodes.Single(n => n.Key == key).Run.Id;
}
