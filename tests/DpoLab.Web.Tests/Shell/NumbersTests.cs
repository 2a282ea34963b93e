using DpoLab.Web.Shell;

namespace DpoLab.Web.Tests.Shell;

public sealed class NumbersTests
{
    [Theory]
    [InlineData(0.2142, ".214")]
    [InlineData(0, ".000")]
    [InlineData(1, "1.000")]
    [InlineData(-0.05, "−.050")]
    [InlineData(10.25, "10.250")]
    public void Share_Number_HasThreePlacesAndNoLeadingZero(double value, string expected) => Assert.Equal(expected, Numbers.Share(value));

    [Theory]
    [InlineData(1, "models", "1 model")]
    [InlineData(1, "repositories", "1 repository")]
    [InlineData(0, "models", "0 models")]
    [InlineData(6000, "steps", "6,000 steps")]
    [InlineData(1, "GFLOP", "1 GFLOP")]
    public void Counted_Number_NamesOneInTheSingular(double value, string plural, string expected) => Assert.Equal(expected, Numbers.Counted(value, plural));

    [Theory]
    [InlineData(-0.233, "−.233")]
    [InlineData(0.012, "+.012")]
    [InlineData(-0.0001, ".000")]
    [InlineData(0, ".000")]
    [InlineData(12.5, "+12.500")]
    public void Difference_Number_CarriesItsSignUnlessItRoundsToZero(double value, string expected) => Assert.Equal(expected, Numbers.Difference(value));

    [Theory]
    [InlineData(1e-6, "1e-6")]
    [InlineData(0.1, "0.1")]
    [InlineData(6000, "6,000")]
    [InlineData(150, "150")]
    [InlineData(-2.5e-7, "−2.5e-7")]
    [InlineData(double.NaN, "not a number")]
    public void Setting_Number_ReadsAsPeopleTypeIt(double value, string expected) => Assert.Equal(expected, Numbers.Setting(value));

    [Theory]
    [InlineData(0.41234, ".412")]
    [InlineData(2.4149, "2.41")]
    [InlineData(12.84, "12.8")]
    [InlineData(1480.4, "1,480")]
    [InlineData(0.0000021, "2.1e-6")]
    [InlineData(double.PositiveInfinity, "∞")]
    public void Short_Number_KeepsAboutThreeDigits(double value, string expected) => Assert.Equal(expected, Numbers.Short(value));

    [Theory]
    [InlineData(1_420_000_000, "1.42 GB")]
    [InlineData(999, "999 B")]
    [InlineData(3_200_000, "3.2 MB")]
    public void Bytes_Size_HasItsUnit(double bytes, string expected) => Assert.Equal(expected, Numbers.Bytes(bytes));
}
