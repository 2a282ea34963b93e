using System.Text.Json;
using DpoLab.Compute.Tokenization;

namespace DpoLab.Compute.Verification;

/// <summary>Compares padded batches with <c>batch.json</c>: the same texts on either side, cut to a length and whole.</summary>
public static class BatchReference
{
    /// <summary>What differs, a line each; empty when every id and every mask is equal.</summary>
    /// <param name="tokenizer">Ours.</param>
    /// <param name="file">The reference values.</param>
    /// <param name="batches">How many batches were compared.</param>
    public static IReadOnlyList<string> Differences(Tokenizer tokenizer, string file, out int batches)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        using var document = JsonDocument.Parse(File.ReadAllText(file));
        var expected = document.RootElement;
        string[] texts = [.. expected.GetProperty("texts").EnumerateArray().Select(t => t.GetString()!)];
        string pad = expected.GetProperty("pad_token").GetString()!;
        int padId = tokenizer.IdOf(pad) ?? throw new InputException($"{file}: the tokenizer has no token '{pad}'.");
        int cut = expected.GetProperty("max_length").GetInt32();
        int[][] whole = [.. texts.Select(t => tokenizer.Encode(t))];
        int[][] shortened = [.. texts.Select(t => tokenizer.EncodeCut(t, cut))];
        var differences = new List<string>();
        batches = 0;
        foreach (var (key, rows, side) in new[]
        {
            ("left", shortened, PaddingSide.Left), ("right", shortened, PaddingSide.Right),
            ("left_untruncated", whole, PaddingSide.Left), ("right_untruncated", whole, PaddingSide.Right),
        })
        {
            batches++;
            var batch = TokenBatch.Of(rows, padId, side);
            Compare(expected.GetProperty(key).GetProperty("input_ids"), batch.Ids, batch, $"{key}: ids", differences);
            Compare(expected.GetProperty(key).GetProperty("attention_mask"), batch.Mask, batch, $"{key}: mask", differences);
        }

        return differences;
    }

    private static void Compare(JsonElement reference, long[] ours, TokenBatch batch, string what, List<string> differences)
    {
        long[] expected = [.. reference.EnumerateArray().SelectMany(row => row.EnumerateArray()).Select(value => value.GetInt64())];
        if (reference.GetArrayLength() != batch.Rows || !ours.AsSpan().SequenceEqual(expected))
            differences.Add($"{what} are [{string.Join(' ', ours)}]; expected [{string.Join(' ', expected)}]");
    }
}
