using static TorchSharp.torch;

namespace DpoLab.Compute.Verification;

/// <summary>
/// Compares one kind of reference values with ours: the cases of one sub-folder of a folder laid out like <c>tests/fixtures</c>. A new kind is one
/// class that implements this and a line in <see cref="CaseCheckers"/>.
/// </summary>
public interface ICaseChecker
{
    /// <summary>The name of the sub-folder.</summary>
    string Kind { get; }

    /// <summary>The cases below it, by name, in order.</summary>
    IEnumerable<string> Cases(VerificationFolder folder);

    /// <summary>Checks one case, a comparison at a time, as they come.</summary>
    /// <exception cref="Exception">The case cannot be read; what was compared before stands.</exception>
    IEnumerable<Comparison> Check(VerificationFolder folder, string name, CancellationToken cancellationToken);
}

/// <summary>Where reference values lie.</summary>
/// <param name="Path">A folder laid out like <c>tests/fixtures</c>.</param>
/// <param name="Data">Holds what several cases need and may not be copied: <c>tokenizers/</c>, <c>text/</c>.</param>
/// <param name="Models">Holds real models as Hugging Face folders, or is one; null when there are none.</param>
public sealed record VerificationFolder(string Path, string Data, string? Models = null)
{
    /// <summary>Where decoders are computed; the other kinds are checked on the CPU.</summary>
    public Device Device { get; init; } = CPU;

    /// <summary>A path below the folder.</summary>
    public string Of(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>The names of the folders below a sub-folder, in order.</summary>
    public IEnumerable<string> FoldersOf(string kind) => Directory.Exists(Of(kind))
        ? Directory.EnumerateDirectories(Of(kind)).Select(path => System.IO.Path.GetFileName(path)).Order(StringComparer.Ordinal)
        : [];

    /// <summary>The names of the files of one ending in a sub-folder, without it, in order.</summary>
    public IEnumerable<string> FilesOf(string kind, string ending) => Directory.Exists(Of(kind))
        ? Directory.EnumerateFiles(Of(kind), "*" + ending).Select(path => System.IO.Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)
        : [];
}

/// <summary>One thing that was compared.</summary>
/// <param name="What">What, in a few words.</param>
/// <param name="Largest">The largest difference; a count of differing items where only equality counts.</param>
/// <param name="Bound">The largest that is right.</param>
/// <param name="Detail">What differs, for a person; null when nothing does.</param>
public sealed record Comparison(string What, double Largest, double Bound, string? Detail = null)
{
    /// <summary>Whether it is right. A difference that is not a number is not.</summary>
    public bool IsRight => Largest <= Bound;
}

/// <summary>The kinds that the lab can check.</summary>
public static class CaseCheckers
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<ICaseChecker> All { get; } =
    [
        new DecoderCaseChecker(),
        new TokenizerCaseChecker(),
        new TokenizerFolderChecker(),
        new ClassifierCaseChecker(),
        new MetricsCaseChecker(),
        new DpoCaseChecker(),
        new DirectionCaseChecker(),
        new NeuronCaseChecker(),
        new InterventionCaseChecker(),
        new RealModelCaseChecker(),
    ];
}
