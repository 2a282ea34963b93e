using DpoLab.Compute.Runs;

namespace DpoLab.Compute.Tests.Runs;

/// <summary>Digests of large files are remembered while the file is the same, and not a moment longer.</summary>
public sealed class DigestCacheTests : IDisposable
{
    private static readonly string Remembered = new('0', 64);
    private readonly TemporaryFolder folder = new();
    private readonly byte[] content = new byte[DigestCache.LeastBytes];

    private string Model => folder.File("model.safetensors");

    private string Cache => folder.File("lab", "digests.tsv");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Of_SameFile_IsNotReadAgain()
    {
        string digest = Prepare();
        Forge(digest);

        Assert.Equal(Remembered, Digest());
    }

    [Fact]
    public void Of_SameFileThroughALink_IsNotReadAgain()
    {
        Prepare();
        File.CreateSymbolicLink(folder.File("link"), Model);
        Forge(Digest(folder.File("link")));

        Assert.Equal(Remembered, Digest(folder.File("link")));
    }

    [Fact]
    public void Of_ContentOfTheSameSizeWithTheTimeSetBack_IsRead()
    {
        string digest = Prepare();
        Forge(digest);
        var written = File.GetLastWriteTimeUtc(Model);
        content[5] = 1;
        using (var file = File.OpenWrite(Model))
            file.Write(content);
        File.SetLastWriteTimeUtc(Model, written);

        Assert.DoesNotContain(Digest(), new[] { digest, Remembered });
    }

    [Fact]
    public void Of_AnotherFileInItsPlace_IsRead()
    {
        string digest = Prepare();
        Forge(digest);
        content[5] = 1;
        File.WriteAllBytes(folder.File("new"), content);
        File.SetLastWriteTimeUtc(folder.File("new"), File.GetLastWriteTimeUtc(Model));
        File.Move(folder.File("new"), Model, overwrite: true);

        Assert.DoesNotContain(Digest(), new[] { digest, Remembered });
    }

    [Fact]
    public void Of_FileJustWritten_IsNotRemembered()
    {
        File.WriteAllBytes(Model, content);

        ContentDigest.Of(Model, TestContext.Current.CancellationToken, new DigestCache(Cache, TimeSpan.FromHours(1)));

        Assert.False(File.Exists(Cache));
    }

    [Fact]
    public void Of_SmallFile_IsNotRemembered()
    {
        File.WriteAllBytes(Model, content[1..]);

        Digest();

        Assert.False(File.Exists(Cache));
    }

    [Fact]
    public void Open_TornLines_ArePassedOver()
    {
        string digest = Prepare();
        File.WriteAllText(Cache, $"{digest}\t12\n\n{digest}\tx\ty\tz\t1\t/a\n{digest}\t1");

        Assert.Equal(digest, Digest());
    }

    private string Prepare()
    {
        File.WriteAllBytes(Model, content);
        return Digest();
    }

    private string Digest(string? path = null) =>
        ContentDigest.Of(path ?? Model, TestContext.Current.CancellationToken, new DigestCache(Cache, TimeSpan.Zero)).Sha256;

    /// <summary>Puts another digest into the cache, by which an answer from it is told.</summary>
    private void Forge(string digest) => File.WriteAllText(Cache, File.ReadAllText(Cache).Replace(digest, Remembered, StringComparison.Ordinal));
}
