using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Accounts;
using DpoLab.Web.Data;
using DpoLab.Web.Studies;
using DpoLab.Web.Tests.Lab;

namespace DpoLab.Web.Tests.Studies;

public sealed class FourGroupsTests
{
    internal static readonly FourGroupsInputs Inputs = new()
    {
        Model = Specs.Model,
        Scorer = InputRef.OfPath("/models/scorer", "scorer"),
        Comments = new DatasetRef(InputRef.OfPath("/data/comments.csv", "comments")),
        Pairs = new DatasetRef(InputRef.OfPath("/data/pairs.jsonl", "pairs")),
        Prompts = new DatasetRef(InputRef.OfPath("/data/prompts.jsonl", "prompts")),
        Continuations = new DatasetRef(InputRef.OfPath("/data/continuations.jsonl", "continuations")),
        Text = new DatasetRef(InputRef.OfPath("/data/text.txt", "text")),
    };

    [Theory]
    [InlineData(DpoPreset.Demo, 3e-6, 200, 0)]
    [InlineData(DpoPreset.Lee, 1e-6, 6000, 0)]
    [InlineData(DpoPreset.Yang, 1e-5, 6000, 0.06)]
    public void Plan_EachPreset_GivesSettingsThatCanWork(DpoPreset preset, double rate, int steps, double gamma)
    {
        StudyPlan plan = FourGroupsTemplate.Plan(Inputs with { Preset = preset });

        Assert.All(plan.Runs, r => Assert.Empty(r.Spec.Parameters.Validate()));
        DpoParameters dpo = plan.Runs.Select(r => r.Spec.Parameters).OfType<DpoParameters>().Single();
        Assert.Equal((rate, steps, gamma), (dpo.LearningRate, dpo.Steps, dpo.Gamma));
    }

    [Fact]
    public async Task CreateFourGroupsAsync_Study_IsAGraphFromDirectionsToTheTable()
    {
        await using TestLab lab = await TestLab.StartAsync();

        string id = await lab.StudyCommands.CreateFourGroupsAsync(Inputs, Actor.Local, TestLab.Token);
        await lab.Plan.UpdateAsync(TestLab.Token);
        StudyView study = (await lab.Studies.FindAsync(id))!;

        var columns = study.Nodes.ToDictionary(n => n.Key, n => n.Column, StringComparer.Ordinal);
        Assert.Equal((0, 0, 0), (columns["probe"], columns["mean-difference"], columns["dpo"]));
        Assert.Equal((1, 1), (columns["neurons"], columns["reference"]));
        Assert.All((string[])["patch", "ablate", "steer", "prefix", "sweep"], key => Assert.Equal(2, columns[key]));
        Assert.Equal(["probe", "mean-difference", "dpo"], study.Nodes.Where(n => n.Run.Status.State is RunState.Queued).Select(n => n.Key));
        Assert.Equal(
            ["Reference", "Patch with DPO’s mean activations", "Ablate the most toxic-aligned neurons", "Steer away from the direction", "Edit: no tuned model needed", "Ask for it in the prompt"],
            study.Table.Groups.Select(g => g.Title));
        Assert.All(study.Table.Rows, r => Assert.NotNull(r.Missing));
        Assert.Empty(study.Findings);
    }

    [Fact]
    public async Task FindAsync_RowsArrived_ShowsThemAndKeepsTrialsOut()
    {
        await using TestLab lab = await TestLab.StartAsync();
        string id = await lab.StudyCommands.CreateFourGroupsAsync(Inputs, Actor.Local, TestLab.Token);
        StudyView study = (await lab.Studies.FindAsync(id))!;
        string reference = RunOf(study, "reference");
        string sweep = RunOf(study, "sweep");

        await lab.Ingest.StoreAsync(reference, Events.Numbered(1, Events.Started(), Row("base", 0.6, RowFamily.Base), Row("dpo", 0.2, RowFamily.Dpo)), TestLab.Token);
        await lab.Ingest.StoreAsync(
            sweep, Events.Numbered(1, Events.Started(), Events.Row("a trial", 0.5), new RowEvent { Row = Rows.Of("Live, α 0.2", 0.3, RowFamily.Edit) with { Budget = "within +1 %" } }), TestLab.Token);
        study = (await lab.Studies.FindAsync(id))!;

        Assert.Equal(["Base model", "DPO"], study.Table.Groups[0].Rows.Select(r => r.Name));
        Assert.Equal(0.2, study.Table.Groups[0].Rows[1].Row!.Toxicity!.Mean);
        StudyTableGroup edits = study.Table.Groups.Single(g => g.Title.StartsWith("Edit", StringComparison.Ordinal));
        Assert.Equal(["Live, α 0.2", "Best edit within DPO’s perplexity"], edits.Rows.Select(r => r.Name));
        Assert.NotNull(edits.Rows[0].Row);
        Assert.Null(edits.Rows[1].Row);
    }

    [Fact]
    public async Task FindAsync_FailedRun_SaysWhyItsRowsAndTheBlockedOnesAreMissing()
    {
        await using TestLab lab = await TestLab.StartAsync();
        string id = await lab.StudyCommands.CreateFourGroupsAsync(Inputs, Actor.Local, TestLab.Token);
        await lab.Plan.UpdateAsync(TestLab.Token);
        StudyView study = (await lab.Studies.FindAsync(id))!;

        await lab.Ingest.StoreAsync(RunOf(study, "dpo"), Events.Numbered(1, Events.Started(), Events.Failed("Row 3 of pairs.jsonl has no prompt.")), TestLab.Token);
        await lab.Plan.UpdateAsync(TestLab.Token);
        study = (await lab.Studies.FindAsync(id))!;

        Assert.Contains("Blocked: DPO of small", study.Table.Rows.First(r => r.Variant == "base").Missing, StringComparison.Ordinal);
        Assert.False(study.Nodes.Single(n => n.Key == "probe").Run.Status.Blocked);
        Assert.All(study.Nodes.Where(n => n.Column > 0), n => Assert.True(n.Run.Status.Blocked));

        await lab.StudyCommands.RetryFailedAsync(id, Actor.Local, TestLab.Token);
        await lab.Plan.UpdateAsync(TestLab.Token);
        study = (await lab.Studies.FindAsync(id))!;
        Assert.All(study.Nodes, n => Assert.False(n.Run.Status.Blocked));
    }

    private static RowEvent Row(string variant, double toxicity, RowFamily family) => new() { Row = Rows.Of(variant, toxicity, family) };

    private static string RunOf(StudyView study, string key) => study.Nodes.Single(n => n.Key == key).Run.Id;
}
