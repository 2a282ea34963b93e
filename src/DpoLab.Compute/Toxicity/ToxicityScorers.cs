using static TorchSharp.torch;

namespace DpoLab.Compute.Toxicity;

/// <summary>Opens whatever a person chose as scorer.</summary>
public static class ToxicityScorers
{
    /// <summary>A folder is a classifier, a file a word list.</summary>
    /// <param name="path">Folder or file.</param>
    /// <param name="label">Which output of a classifier is toxicity; null: by its name.</param>
    /// <param name="device">Null: the CPU.</param>
    /// <exception cref="InputException">It cannot be used as a scorer.</exception>
    public static IToxicityScorer Load(string path, string? label = null, Device? device = null)
    {
        if (Directory.Exists(path))
            return ToxicityClassifier.Load(path, label, device);
        return File.Exists(path)
            ? LexiconScorer.Load(path)
            : throw new InputException($"{path}: there is no such scorer. Choose a classifier's folder or a word list.");
    }
}
