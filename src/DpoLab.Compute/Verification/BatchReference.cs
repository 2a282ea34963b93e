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
        var expected = ReferenceJson.Read(file);
        string[] texts = [.. expected.Part("texts").EnumerateArray().Select(t => t.GetString()!)];
        string pad = expected.Part("pad_token").GetString()!;
        int padId = tokenizer.IdOf(pad) ?? throw new InputException($"{file}: the tokenizer has no token '{pad}'.");
        int cut = expected.Part("max_length").GetInt32();
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
            Compare(expected.Part(key).Part("input_ids"), batch.Ids, batch, $"{key}: ids", differences);
            Compare(expected.Part(key).Part("attention_mask"), batch.Mask, batch, $"{key}: mask", differences);
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
