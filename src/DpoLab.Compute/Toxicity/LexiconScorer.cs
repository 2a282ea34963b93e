using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace DpoLab.Compute.Toxicity;

/// <summary>
/// Scores by a list of words: a text with a listed word gets that word's weight, with several 1 − Π(1 − weight). Hears nothing but the words
/// that are listed, and is meant for demonstrations and checks.
/// </summary>
public sealed class LexiconScorer : IToxicityScorer
{
    private readonly Dictionary<string, double> weights;

    private LexiconScorer(string name, string digest, Dictionary<string, double> weights)
    {
        Name = name;
        Digest = digest;
        this.weights = weights;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Means => "word list";

    /// <inheritdoc/>
    public string Digest { get; }

    /// <summary>Reads a list: one word a line, after a tab its weight from 0 to 1 (1 if absent); lines that begin with # are comments.</summary>
    /// <exception cref="InputException">The list is missing, empty or malformed.</exception>
    public static LexiconScorer Load(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: the word list cannot be read: {e.Message}", e);
        }

        var words = new Dictionary<string, double>(StringComparer.Ordinal);
        string[] lines = Encoding.UTF8.GetString(bytes).Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            if (line.Length > 0 && line[0] != '#')
                Add(words, line, $"{Path.GetFileName(path)}, line {i + 1}");
        }

        if (words.Count == 0)
            throw new InputException($"{path}: the word list holds no words. Expected one word a line.");
        return new LexiconScorer(Path.GetFileName(path), Convert.ToHexStringLower(SHA256.HashData(bytes)), words);
    }

    /// <inheritdoc/>
    public IReadOnlyList<double?> Score(IReadOnlyList<string> texts, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        double?[] scores = [.. texts.Select(text => (double?)Score(text))];
        progress?.Report(texts.Count);
        return scores;
    }

    /// <summary>Nothing to free.</summary>
    public void Dispose()
    {
    }

    private double Score(string text)
    {
        double clean = 1;
        foreach (string word in Words(text))
            clean *= 1 - weights.GetValueOrDefault(word);
        return 1 - clean;
    }

    private static void Add(Dictionary<string, double> weights, string line, string where)
    {
        string[] parts = line.Split('\t');
        double weight = 1;
        if (parts.Length > 2 || (parts.Length == 2
            && !(double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out weight) && weight is >= 0 and <= 1)))
        {
            throw new InputException($"{where}: holds '{line}'; expected a word, or a word, a tab and a weight from 0 to 1.");
        }

        if (Words(parts[0]) is not [var word])
            throw new InputException($"{where}: '{parts[0]}' is not one word.");
        weights[word] = weight;
    }

    private static List<string> Words(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || rune.Value is '\'' or '’' or '*')
            {
                word.Append(Rune.ToLowerInvariant(rune));
                continue;
            }

            if (word.Length > 0)
                words.Add(word.ToString());
            word.Clear();
        }

        if (word.Length > 0)
            words.Add(word.ToString());
        return words;
    }
}
