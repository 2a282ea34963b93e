using Bunit;
using DpoLab.Contracts.Results;
using DpoLab.Web.Data;
using DpoLab.Web.Runs;
using DpoLab.Web.Shell;

namespace DpoLab.Web.Tests.Shell;

public sealed class SignsTests : BunitContext
{
    [Fact]
    public void VerdictSign_NoEffect_SaysSoInWords()
    {
        IRenderedComponent<VerdictSign> sign = Render<VerdictSign>(p => p.Add(s => s.Verdict, new Verdict(VerdictKind.NoEffect, 24, 480, 0)));

        Assert.Equal("NO EFFECT", sign.Find(".v.noeff").TextContent.Trim());
        Assert.Contains("applied 24 times at 480 positions", sign.Find(".v").GetAttribute("title"), StringComparison.Ordinal);
    }

    [Fact]
    public void Interval_Estimate_ShowsMeanAndEnds()
    {
        IRenderedComponent<Interval> interval = Render<Interval>(p => p.Add(i => i.Estimate, new Estimate(0.214, 0.199, 0.229, 1187, 12)));

        Assert.Equal(".214[.199, .229]", interval.Find(".n").TextContent);
        Assert.Contains("n 1,187, 12 missing", interval.Find(".n").GetAttribute("title"), StringComparison.Ordinal);
    }

    [Fact]
    public void Interval_NoEstimate_IsMissingAndNotZero()
    {
        IRenderedComponent<Interval> interval = Render<Interval>(p => p.Add(i => i.Estimate, null).Add(i => i.MissingReason, "the scorer failed"));

        Assert.Equal("missing", interval.Find(".miss").TextContent);
        Assert.Equal("missing: the scorer failed", interval.Find(".miss").GetAttribute("aria-label"));
        Assert.DoesNotContain("0", interval.Markup.Replace("tabindex=\"0\"", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void StateSign_Strip_KeepsItsWordForScreenReaders()
    {
        IRenderedComponent<StateSign> sign = Render<StateSign>(p => p.Add(s => s.State, SignState.Failed).Add(s => s.Strip, true));

        Assert.Equal("failed", sign.Find("[role=img]").GetAttribute("aria-label"));
        Assert.Empty(sign.FindAll(".w"));
    }

    [Theory]
    [InlineData(RunState.Queued, 2, false, "place 2 in the queue of box")]
    [InlineData(RunState.Queued, null, true, "box is not connected")]
    [InlineData(RunState.Running, null, false, "train · 2,460 of 6,000 steps")]
    public void Doing_State_SaysWhatTheRunIsAt(RunState state, int? place, bool gone, string expected)
    {
        var status = new RunStatus
        {
            State = state,
            Attempt = 1,
            Place = place,
            ServiceGone = gone,
            Stage = "train",
            Done = 2460,
            Total = 6000,
            Unit = "steps",
        };

        Assert.Equal(expected, Signs.Doing(status, "box"));
    }

    [Fact]
    public void Sparkline_OnePoint_DrawsNothing()
    {
        Assert.Empty(Render<Sparkline>(p => p.Add(s => s.Values, [1.0])).Markup);
        Assert.NotEmpty(Render<Sparkline>(p => p.Add(s => s.Values, [1.0, double.NaN, 2.0])).FindAll("path"));
    }
}
