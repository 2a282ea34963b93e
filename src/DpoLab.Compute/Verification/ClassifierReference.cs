using System.Text.Json;
using DpoLab.Compute.Toxicity;

namespace DpoLab.Compute.Verification;

/// <summary>Compares a classifier with <c>expected.json</c>: the ids of each text, and the sigmoid of every output.</summary>
public static class ClassifierReference
{
    /// <summary>Largest difference of a score that counts as equal.</summary>
    public const double Tolerance = 1e-5;

    /// <summary>What differs, a line each; empty when all is equal.</summary>
    /// <param name="classifier">Ours.</param>
    /// <param name="file">The reference values.</param>
    /// <param name="rows">How many rows were compared.</param>
    /// <param name="largest">The largest difference of a score.</param>
    public static IReadOnlyList<string> Differences(ToxicityClassifier classifier, string file, out int rows, out double largest)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        JsonElement[] references = [.. ReferenceJson.Read(file).Part("rows").EnumerateArray()];
        string[] texts = [.. references.Select(r => r.Part("text").GetString()!)];
        var logits = classifier.Logits(texts);
        var differences = new List<string>();
        rows = references.Length;
        largest = 0;
        for (int i = 0; i < rows; i++)
        {
            int[] ids = [.. references[i].Part("ids").EnumerateArray().Select(id => id.GetInt32())];
            if (!classifier.Encode(texts[i]).AsSpan().SequenceEqual(ids))
                differences.Add($"row {i + 1}: the ids are [{string.Join(' ', classifier.Encode(texts[i]))}]; expected [{string.Join(' ', ids)}]");
            double[] scores = [.. references[i].Part("scores").EnumerateArray().Select(s => s.GetDouble())];
            for (int label = 0; label < scores.Length; label++)
            {
                double ours = 1 / (1 + Math.Exp(-logits[i][label]));
                double difference = Math.Abs(ours - scores[label]);
                largest = Math.Max(largest, difference);
                if (!(difference <= Tolerance))
                    differences.Add($"row {i + 1}: {classifier.Labels[label]} is {ours}; expected {scores[label]}");
            }
        }

        return differences;
    }
}
