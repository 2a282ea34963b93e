using DpoLab.Web.Shell;

namespace DpoLab.Web.Tests.Shell;

public sealed class TimesTests
{
    [Theory]
    [InlineData(42, "42 s")]
    [InlineData(18 * 60, "18 min")]
    [InlineData(66 * 60, "1 h 06")]
    [InlineData(3599, "1 h 00")]
    [InlineData(100_800, "1 d 4 h")]
    public void Span_Seconds_AreRoundedToWhatMatters(double seconds, string expected) => Assert.Equal(expected, Times.Span(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(14, "0:14")]
    [InlineData(758, "12:38")]
    [InlineData(3727, "1:02:07")]
    public void Clock_Seconds_ReadAsAClock(double seconds, string expected) => Assert.Equal(expected, Times.Clock(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void Ago_Times_AreSaidInWords()
    {
        var now = new DateTimeOffset(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

        Assert.Equal("just now", Times.Ago(now.AddSeconds(-3), now));
        Assert.Equal("12 min ago", Times.Ago(now.AddMinutes(-12), now));
        Assert.Equal("yesterday", Times.Ago(now.AddHours(-30), now));
        Assert.Equal("3 days ago", Times.Ago(now.AddDays(-3.2), now));
    }
}
