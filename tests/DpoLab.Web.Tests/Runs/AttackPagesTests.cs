using Bunit;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Charts;
using DpoLab.Web.Runs;
using DpoLab.Web.Tests.Lab;

namespace DpoLab.Web.Tests.Runs;

public sealed class AttackPagesTests
{
    private static readonly InputRef Tuned = InputRef.OfPath("/models/tuned", "tuned");
    private static readonly InputRef Stats = InputRef.OfPath("/data/neurons.safetensors", "neurons");

    private static EvaluationData Data => Specs.Data();

    [Fact]
    public async Task SurvivePage_RowsCome_DrawsALinePerSubjectForEachAttack()
    {
        await using TestLab lab = await TestLab.StartAsync();
        await using var pages = new TestPages(lab);
        string id = await lab.SubmitAsync(Survive());
        await lab.Ingest.StoreAsync(id, Events.Numbered(1, [Events.Started("attack"), .. Attacked().Select(row => new RowEvent { Row = row })]), TestLab.Token);

        IRenderedComponent<RunPage> page = pages.Render<RunPage>(p => p.Add(r => r.Id, id));

        Assert.Equal(
            ["Relearning: toxicity", "Relearning: perplexity", "Keys scaled: toxicity", "Keys scaled: perplexity"],
            page.FindAll("section.panel h2").Select(h => h.TextContent).Where(t => t.Contains(": ", StringComparison.Ordinal)));
        ChartFigure figure = page.FindComponents<Chart>()[0].Instance.Figure;
        Assert.Equal(["base", "dpo"], figure.Series.Select(s => s.Name));
        Assert.Equal([("base", "base"), ("dpo", null)], figure.Series.Select(s => (s.Color, s.Dash)));
        Assert.Equal([0d, 10d, 50d], figure.Series[1].X);
        Assert.Equal([.2, .25, .6], figure.Series[1].Y);
        Assert.Equal([.18, .23, .58], figure.Series[1].Low!.Select(v => Math.Round(v!.Value, 6)));

        // keys × 1 is the subject as it is
        Assert.Equal([1d, 10d], page.FindComponents<Chart>()[2].Instance.Figure.Series[1].X);
        Assert.Contains("does not survive", page.Find("ul li").TextContent, StringComparison.Ordinal);
        Assert.Contains("dpo, keys × 10", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SurvivePage_NoRowYet_SaysWhatWillStandThere()
    {
        await using TestLab lab = await TestLab.StartAsync();
        await using var pages = new TestPages(lab);
        string id = await lab.SubmitAsync(Survive());

        IRenderedComponent<RunPage> page = pages.Render<RunPage>(p => p.Add(r => r.Id, id));

        Assert.Contains("Each row appears as soon as it is measured", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DynamicPatchPage_RowsCome_DrawsToxicityAgainstKBetweenBaseAndTuned()
    {
        await using TestLab lab = await TestLab.StartAsync();
        await using var pages = new TestPages(lab);
        var parameters = new DynamicPatchParameters { Model = Specs.Model, Tuned = Tuned, Neurons = Stats, Data = Data };
        string id = await lab.SubmitAsync(parameters);
        EvaluationRow[] rows =
        [
            Rows.Of("base", .65, RowFamily.Base),
            Rows.Of("dpo", .22, RowFamily.Dpo),
            Patched("k = 1,024", 1024, .3),
            Patched("k = 64", 64, .6),
        ];
        await lab.Ingest.StoreAsync(id, Events.Numbered(1, [Events.Started("measure"), .. rows.Select(row => new RowEvent { Row = row })]), TestLab.Token);

        IRenderedComponent<RunPage> page = pages.Render<RunPage>(p => p.Add(r => r.Id, id));

        ChartFigure figure = page.FindComponents<Chart>()[0].Instance.Figure;
        Assert.Equal([64d, 1024d], Assert.Single(figure.Series).X);
        Assert.Equal([.6, .3], figure.Series[0].Y);
        Assert.Equal([("base", .65), ("dpo", .22)], figure.References.Select(r => (r.Label, r.Value)));
        Assert.True(figure.X.Log);
        Assert.Equal(rows.Select(r => r.Variant), page.FindAll("table.t tbody tr td:first-child").Select(td => td.TextContent.Trim()));
    }

    private static SurviveParameters Survive() => new()
    {
        Model = Specs.Model,
        Variants = [new EvaluationVariant { Name = "dpo", Model = Tuned }],
        Neurons = Stats,
        Relearn = new RelearnAttack { Steps = [10, 50], Pairs = new DatasetRef(InputRef.OfPath("/data/pairs.jsonl")) },
        ScaleKeys = new ScaleKeysAttack { Factors = [10] },
        Data = Data,
    };

    private static IEnumerable<EvaluationRow> Attacked()
    {
        yield return Rows.Of("base", .65, RowFamily.Base);
        yield return Under("base", AttackKind.ScaleKeys, 10, .7, RowFamily.Base);
        yield return Under("base", AttackKind.Relearn, 10, .7, RowFamily.Base);
        yield return Rows.Of("dpo", .2, RowFamily.Dpo) with { DifferenceToBase = Rows.Around(-.45) };
        yield return Under("dpo", AttackKind.ScaleKeys, 10, .64, RowFamily.Dpo);
        yield return Under("dpo", AttackKind.Relearn, 50, .6, RowFamily.Dpo);
        yield return Under("dpo", AttackKind.Relearn, 10, .25, RowFamily.Dpo);
    }

    private static EvaluationRow Under(string subject, AttackKind kind, double budget, double toxicity, RowFamily family) =>
        Rows.Of(kind is AttackKind.ScaleKeys ? $"{subject}, keys × {budget}" : $"{subject}, relearned {budget} steps", toxicity, family) with
        {
            Attack = new AttackNote(subject, kind, budget),
            DifferenceToBase = Rows.Around(toxicity - .65, .1),
            Perplexity = Rows.Perplexity(20),
        };

    private static EvaluationRow Patched(string name, int k, double toxicity) => Rows.Of(name, toxicity, RowFamily.DynamicPatch) with
    {
        Neurons = k,
        Intervention = new DynamicPatchIntervention { Tuned = Tuned, Neurons = new ChangeSelection(k) },
    };
}
