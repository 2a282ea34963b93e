namespace DpoLab.Compute.Runs;

/// <summary>Which files of a folder are the model: configuration, weights and tokenizer, not the README beside them.</summary>
internal static class ModelFiles
{
    private static readonly HashSet<string> Extensions = new([".json", ".safetensors", ".txt", ".model"], StringComparer.OrdinalIgnoreCase);

    /// <summary>True for the files that a model's digest is made of.</summary>
    /// <param name="path">Relative to the folder.</param>
    public static bool Count(string path) =>
        Extensions.Contains(Path.GetExtension(path)) && !Path.GetFileName(path).StartsWith("README", StringComparison.OrdinalIgnoreCase);
}
