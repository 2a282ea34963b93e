using DpoLab.Contracts.Results;
using DpoLab.Web.Charts;
using DpoLab.Web.Tests.Lab;

namespace DpoLab.Web.Tests.Charts;

public sealed class PlaneFigureTests
{
    private static readonly EvaluationRow[] Paper =
    [
        Row("base", RowFamily.Base, 0.447, 21.71), Row("dpo", RowFamily.Dpo, 0.211, 23.31), Row("probe", RowFamily.Steer, 0.249, 23.60),
        Row("TP", RowFamily.Patch, 0.338, 21.84), Row("four groups", RowFamily.Patch, 0.214, 22.41), Row("constant", RowFamily.Patch, 0.176, 148.3),
        Row("edit", RowFamily.Edit, 0.228, 22.05),
    ];

    [Fact]
    public void ParetoFront_Rows_KeepsThoseThatNoOtherBeatsInBoth() =>
        Assert.Equal(
            ["base", "TP", "edit", "four groups", "dpo", "constant"],
            PlaneFigure.ParetoFront(Paper).Select(r => r.Variant));

    [Fact]
    public void Of_RowFarToTheRight_IsSaidInWordsInsteadOfSqueezingTheOthers()
    {
        PlaneFigure plane = PlaneFigure.Of(Paper, "Perplexity");

        Assert.Equal(6, plane.Shown);
        ChartLabel said = Assert.Single(plane.Figure.Labels);
        Assert.Equal("off the plane: constant, 148.30 →", said.Text);
        Assert.DoesNotContain(plane.Figure.Series.SelectMany(s => s.X), x => x is > 100.0);
    }

    [Fact]
    public void Of_RowWithoutScore_IsNotDrawnAtZero()
    {
        PlaneFigure plane = PlaneFigure.Of([.. Paper, Row("lost", RowFamily.Patch, 0, 22) with { Toxicity = null }], "Perplexity");

        Assert.DoesNotContain(plane.Figure.Series.SelectMany(s => s.Labels ?? []), l => l == "lost");
    }

    [Fact]
    public void RowAt_PointOfASeries_IsItsRow() => Assert.Equal("four groups", PlaneFigure.Of(Paper, "").RowAt("patched", 1)!.Variant);

    private static EvaluationRow Row(string name, RowFamily family, double toxicity, double perplexity) =>
        Rows.Of(name, toxicity, family) with { Perplexity = Rows.Perplexity(perplexity) };
}
