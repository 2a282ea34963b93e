using DpoLab.Compute.Evaluation;

namespace DpoLab.Tests.Evaluation;

public sealed class TextWindowsTests
{
    [Theory]
    [InlineData(200, 64, null, 196)]
    [InlineData(200, 64, 32, 199)]
    [InlineData(64, 64, null, 63)]
    [InlineData(65, 64, null, 63)]
    [InlineData(65, 64, 64, 63)]
    [InlineData(65, 64, 1, 64)]
    [InlineData(1, 64, null, 0)]
    public void Cut_Text_ScoresEachTokenOnceAtMost(int tokens, int window, int? stride, int scored)
    {
        var windows = TextWindows.Cut(tokens, window, stride);

        Assert.Equal(scored, windows.Sum(w => w.Scored));
        var places = windows.SelectMany(w => Enumerable.Range(w.Start + w.FirstScored, w.Scored)).ToList();
        Assert.Equal(places.Distinct().Count(), places.Count);
        Assert.DoesNotContain(0, places);
        Assert.All(windows, w => Assert.True(w.Length <= window && w.Start % (stride ?? window) == 0));
    }
}
