using Bunit;
using DpoLab.Web.Shell;

namespace DpoLab.Web.Tests.Shell;

public sealed class FigureTests : BunitContext
{
    public FigureTests() => JSInterop.Mode = JSRuntimeMode.Loose;

    [Fact]
    public void Table_Asked_StandsInPlaceOfTheChartWhichGoesOnBehind()
    {
        bool shown = false;
        IRenderedComponent<Figure> figure = Render<Figure>(p => p
            .Add(f => f.Title, "Loss")
            .Add(f => f.ChildContent, "<b id=\"chart\"></b>")
            .Add(f => f.Table, "<table id=\"numbers\"></table>")
            .Add(f => f.TableShown, now => shown = now));

        figure.Find("button[aria-label='Table behind this figure']").Click();

        Assert.NotNull(figure.Find("#numbers"));
        Assert.NotNull(figure.Find(".visually-hidden #chart"));
        Assert.Equal("true", figure.Find("button[aria-label='Table behind this figure']").GetAttribute("aria-pressed"));
        Assert.True(shown);
    }

    [Fact]
    public void Enlarge_Clicked_IsADialogThatLeadsBack()
    {
        IRenderedComponent<Figure> figure = Render<Figure>(p => p.Add(f => f.Title, "Loss").Add(f => f.ChildContent, "x"));

        figure.Find("button[aria-label=Enlarge]").Click();

        Assert.Equal("dialog", figure.Find("section").GetAttribute("role"));
        figure.Find("button[aria-label='Back to the page']").Click();
        Assert.Null(figure.Find("section").GetAttribute("role"));
    }
}
