using System.Text.Json;
using DpoLab.Compute.Tokenization.Unicode;
using DpoLab.Tests;

namespace DpoLab.Compute.Tests.Tokenization;

/// <summary>Normal forms against Python's unicodedata (Unicode 14).</summary>
public sealed class CanonicalNormalizationTests
{
    [Fact]
    public void BothForms_HardStrings_AsPython()
    {
        JsonElement[] rows = [.. File.ReadLines(Repository.Fixture("normalization.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)];

        Assert.Equal(237, rows.Length);
        Assert.All(rows, row =>
        {
            string text = row.GetProperty("text").GetString()!;
            Assert.Equal(row.GetProperty("nfc").GetString(), CanonicalNormalization.Composed(text));
            Assert.Equal(row.GetProperty("nfd").GetString(), CanonicalNormalization.Decomposed(text));
        });
    }
}
