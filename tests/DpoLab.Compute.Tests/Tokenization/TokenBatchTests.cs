using System.Text.Json;
using DpoLab.Compute.Tokenization;
using DpoLab.Tests;

namespace DpoLab.Compute.Tests.Tokenization;

public sealed class TokenBatchTests
{
    [Theory]
    [InlineData("gpt2-small-vocab", "left", PaddingSide.Left)]
    [InlineData("gpt2-small-vocab", "right", PaddingSide.Right)]
    [InlineData("llama2-style", "left", PaddingSide.Left)]
    [InlineData("llama2-style", "right", PaddingSide.Right)]
    public void Of_ReferenceTexts_IdsAndMaskEqual(string folder, string key, PaddingSide side)
    {
        var tokenizer = Tokenizer.Load(Repository.Fixture("folders", folder));
        var expected = JsonDocument.Parse(File.ReadAllText(Repository.Fixture("folders", folder, "batch.json"))).RootElement;
        string[] texts = [.. expected.GetProperty("texts").EnumerateArray().Select(t => t.GetString()!)];
        int pad = tokenizer.IdOf(expected.GetProperty("pad_token").GetString()!)!.Value;
        int cut = expected.GetProperty("max_length").GetInt32();

        AssertEqual(expected.GetProperty(key), TokenBatch.Of([.. texts.Select(t => tokenizer.EncodeCut(t, cut))], pad, side));
        AssertEqual(expected.GetProperty(key + "_untruncated"), TokenBatch.Of([.. texts.Select(t => tokenizer.Encode(t))], pad, side));
    }

    private static void AssertEqual(JsonElement expected, TokenBatch batch)
    {
        Assert.Equal(expected.GetProperty("input_ids").EnumerateArray().SelectMany(r => r.EnumerateArray()).Select(i => i.GetInt64()), batch.Ids);
        Assert.Equal(expected.GetProperty("attention_mask").EnumerateArray().SelectMany(r => r.EnumerateArray()).Select(i => i.GetInt64()), batch.Mask);
        Assert.Equal(expected.GetProperty("input_ids").GetArrayLength(), batch.Rows);
        Assert.Equal(expected.GetProperty("input_ids")[0].GetArrayLength(), batch.Columns);
    }
}
