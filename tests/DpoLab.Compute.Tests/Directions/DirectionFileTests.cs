using DpoLab.Compute.Directions;

namespace DpoLab.Compute.Tests.Directions;

public sealed class DirectionFileTests
{
    [Fact]
    public void Read_WrittenDirection_HasTheSameNumbersAndOrigin()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "direction.safetensors");
        var direction = new Direction([0.1, -2, 1e-17], new Dictionary<string, string>(StringComparer.Ordinal) { ["method"] = "probe", ["c"] = "1" });

        DirectionFile.Write(path, direction);
        Direction read = DirectionFile.Read(path, width: 3);

        Assert.Equal(direction.Vector, read.Vector);
        Assert.Equal(direction.Origin, read.Origin);
        Assert.Equal(Math.Sqrt(0.01 + 4), read.Norm, 1e-12);
    }

    [Fact]
    public void Read_DirectionOfAnotherWidth_SaysBothWidths()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "direction.safetensors");
        DirectionFile.Write(path, new Direction([1, 2, 3], new Dictionary<string, string>(StringComparer.Ordinal)));

        var error = Assert.Throws<DirectionException>(() => DirectionFile.Read(path, width: 48));

        Assert.Contains("3 numbers", error.Message, StringComparison.Ordinal);
        Assert.Contains("48", error.Message, StringComparison.Ordinal);
    }
}
