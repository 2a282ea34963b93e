using DpoLab.Web.Neurons;

namespace DpoLab.Web.Tests.Neurons;

public sealed class MapRegionTests
{
    [Fact]
    public void Box_ThroughAnAddress_HoldsTheSamePoints()
    {
        var box = new MapRegion.Box(0.0751234, 0.2549, -0.061, -0.0084);

        var read = Assert.IsType<MapRegion.Box>(MapRegion.Of(box.ToString(), null));

        Assert.True(read.Holds(0.1, -0.02));
        Assert.False(read.Holds(0.1, 0.001));
        Assert.Equal(box.Left, read.Left, 6);
    }

    [Fact]
    public void Lasso_Concave_HoldsWhatIsInsideAlone()
    {
        // a U: the middle of its mouth is outside
        var lasso = MapRegion.Lasso.Of([(0, 0), (3, 0), (3, 3), (2, 3), (2, 1), (1, 1), (1, 3), (0, 3)]);

        foreach (MapRegion region in new MapRegion?[] { lasso, MapRegion.Of(null, lasso.ToString()) }.OfType<MapRegion>())
        {
            Assert.True(region.Holds(0.5, 2));
            Assert.True(region.Holds(2.5, 2));
            Assert.True(region.Holds(1.5, 0.5));
            Assert.False(region.Holds(1.5, 2));
            Assert.False(region.Holds(4, 1));
        }
    }

    [Fact]
    public void Lasso_SixtyCorners_IsAShortAddress()
    {
        var circle = MapRegion.Lasso.Of([.. Enumerable.Range(0, 60).Select(i => (Math.Cos(i / 60.0 * Math.Tau) * 0.12345678, Math.Sin(i / 60.0 * Math.Tau) * 1e-5))]);

        Assert.True(circle.ToString().Length < 420);
        Assert.Equal(circle.ToString(), MapRegion.Of(null, circle.ToString())!.ToString());
    }

    [Theory]
    [InlineData("1,2,3", null)]
    [InlineData("2,1,0,1", null)]
    [InlineData("a,b,c,d", null)]
    [InlineData("NaN,1,0,1", null)]
    [InlineData(null, "0,1,0,1~123")]
    [InlineData(null, "0,1,0,1~12345x123456123456")]
    [InlineData(null, "~")]
    public void Of_WhatIsNoRegion_IsNone(string? box, string? lasso) => Assert.Null(MapRegion.Of(box, lasso));
}
