namespace DpoLab.Tests;

/// <summary>Paths of the checkout that the tests run in. A missing file is a failure of the test that asks for it.</summary>
internal static class Repository
{
    /// <summary>The folder that holds <c>DpoLab.sln</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A path below <c>tests/fixtures</c>.</summary>
    public static string Fixture(params string[] parts) => Existing(Path.Combine([Root, "tests", "fixtures", .. parts]));

    /// <summary>A path below <c>demo</c>.</summary>
    public static string Demo(params string[] parts) => Existing(Path.Combine([Root, "demo", .. parts]));

    private static string Existing(string path) =>
        Path.Exists(path) ? path : throw new FileNotFoundException($"The checkout lacks {path}.", path);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "DpoLab.sln")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException($"No DpoLab.sln above {AppContext.BaseDirectory}.");
    }
}
