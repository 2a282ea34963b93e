using DpoLab.Compute.Runs;

namespace DpoLab.Compute.Tests.Runs;

/// <summary>What a digest of files stands for.</summary>
public sealed class ContentDigestTests
{
    [Fact]
    public void Of_Folder_ChangesWithContentAndNameAlone()
    {
        using var folder = new TemporaryFolder();
        string Digest() => ContentDigest.Of(folder.Path, TestContext.Current.CancellationToken).Sha256;
        folder.Write("b.txt", "two\n");
        folder.Write("a.txt", "one\n");
        string first = Digest();

        // printf 'one\n' | sha256sum
        Assert.Equal("2c8b08da5ce60398e1f19af0e5dccc744df274b826abe585eaba68c525434806", ContentDigest.Of(folder.File("a.txt"), TestContext.Current.CancellationToken).Sha256);
        folder.Write(".notes", "hidden");
        Assert.Equal(first, Digest());
        folder.Write("a.txt", "one!\n");
        Assert.NotEqual(first, Digest());
        folder.Write("a.txt", "one\n");
        Assert.Equal(first, Digest());
        File.Move(folder.File("a.txt"), folder.File("c.txt"));
        Assert.NotEqual(first, Digest());
    }
}
