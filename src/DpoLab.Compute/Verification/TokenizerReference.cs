using System.Text.Json;
using DpoLab.Compute.Tokenization;

namespace DpoLab.Compute.Verification;

/// <summary>
/// Compares a tokenizer with a file of reference values, one JSON object a line: <c>text</c> and any of <c>ids</c> (default encoding),
/// <c>ids_plain</c> (no special tokens added), <c>ids_model</c>, <c>decoded</c> (of <c>ids_plain</c>, special tokens skipped) and
/// <c>decoded_tokens_tail</c> (of the second half of <c>ids_plain</c>).
/// </summary>
public static class TokenizerReference
{
    /// <summary>What is compared.</summary>
    public enum Kind
    {
        /// <summary>A folder with default and plain encoding and decodings.</summary>
        Folder,

        /// <summary><c>ids</c> alone, made without special tokens.</summary>
        PlainIds,

        /// <summary><c>tokenizer.model</c> alone: <c>ids_model</c>, or <c>ids_plain</c> where the two files agree, and both decodings.</summary>
        ModelFile,
    }

    /// <summary>What differs, a line each; empty when every id and every text is equal.</summary>
    /// <param name="tokenizer">Ours.</param>
    /// <param name="file">The reference values.</param>
    /// <param name="kind">What is compared.</param>
    /// <param name="rows">How many rows were compared.</param>
    public static IReadOnlyList<string> Differences(Tokenizer tokenizer, string file, Kind kind, out int rows)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        var differences = new List<string>();
        int row = 0;
        foreach (string line in File.ReadLines(file))
        {
            row++;
            string where = $"{Path.GetFileName(file)}, line {row}";
            try
            {
                using var values = JsonDocument.Parse(line);
                Compare(tokenizer, values.RootElement, kind, (what, ours, reference) => differences.Add($"{where}: {what} is {ours}; expected {reference}"));
            }
            catch (Exception error) when (error is JsonException or InputException)
            {
                throw new InputException($"{where}: {error.Message}", error);
            }
        }

        rows = row;
        return differences;
    }

    private static void Compare(Tokenizer tokenizer, JsonElement row, Kind kind, Action<string, string, string> differs)
    {
        string text = row.Part("text").GetString()!;
        if (kind is Kind.PlainIds)
        {
            CompareIds("ids", tokenizer.Encode(text, specialTokens: false), row.Part("ids"), differs);
            return;
        }

        if (kind is Kind.Folder)
            CompareIds("ids", tokenizer.Encode(text), row.Part("ids"), differs);
        else if (!row.TryGetProperty("ids_model", out _) && IsSpecialMeant(tokenizer, row))
            return; // SentencePiece never finds special tokens in a text, and the file holds no ids of its own for it
        var plain = kind is Kind.ModelFile && row.TryGetProperty("ids_model", out var own) ? own : row.Part("ids_plain");
        CompareIds("ids_plain", tokenizer.Encode(text, specialTokens: false), plain, differs);
        int[] ids = [.. row.Part("ids_plain").EnumerateArray().Select(id => id.GetInt32())];
        CompareText("decoded", tokenizer.Decode(ids), row, differs);
        CompareText("decoded_tokens_tail", tokenizer.Decode(ids[(ids.Length / 2)..]), row, differs);
    }

    private static bool IsSpecialMeant(Tokenizer tokenizer, JsonElement row) =>
        row.Part("ids_plain").EnumerateArray().Any(id => tokenizer.IsSpecial(id.GetInt32()));

    private static void CompareIds(string what, int[] ours, JsonElement reference, Action<string, string, string> differs)
    {
        int[] expected = [.. reference.EnumerateArray().Select(id => id.GetInt32())];
        if (!ours.AsSpan().SequenceEqual(expected))
            differs(what, $"[{string.Join(' ', ours)}]", $"[{string.Join(' ', expected)}]");
    }

    private static void CompareText(string what, string ours, JsonElement row, Action<string, string, string> differs)
    {
        if (row.TryGetProperty(what, out var reference) && !string.Equals(ours, reference.GetString(), StringComparison.Ordinal))
            differs(what, JsonSerializer.Serialize(ours), JsonSerializer.Serialize(reference.GetString()));
    }
}
