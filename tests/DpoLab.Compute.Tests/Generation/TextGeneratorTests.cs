using System.Text.Json;
using DpoLab.Compute.Generation;
using DpoLab.Compute.Models;
using DpoLab.Compute.Tests.Models;
using DpoLab.Tests;

namespace DpoLab.Compute.Tests.Generation;

public sealed class TextGeneratorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Families => DecoderFixture.Families;

    [Theory, MemberData(nameof(Families))]
    public void Generate_Greedy_GivesTheReferenceTokens(string family)
    {
        using var fixture = new DecoderFixture(family);
        var expected = fixture.Expected("left.generated");

        var batch = Generate(fixture, new GenerationOptions { NewTokens = (int)expected.shape[1] });

        Assert.Equal(expected.data<long>().ToArray(), batch.Ids.Cast<long>());
        Assert.All(batch.Lengths, length => Assert.Equal(expected.shape[1], length));
    }

    [Theory, MemberData(nameof(Families))]
    public void Generate_WithEndOfText_EndsEachRowWhereTheReferenceDoes(string family)
    {
        using var fixture = new DecoderFixture(family);
        using var document = JsonDocument.Parse(File.ReadAllText(Repository.Fixture("decoders", family, "expected.json")));
        var end = document.RootElement.GetProperty("eos_of_generated_eos").GetInt64();
        var expected = fixture.Expected("left.generated_eos");
        var counts = new List<int>();
        using var hook = fixture.Decoder.Hooks.Add(HookPoint.ResidPost, 0, (value, context) =>
        {
            counts.Add(context.ActiveRows is null ? (int)value.shape[0] : (int)context.ActiveRows.sum().item<long>());
            return value;
        });

        var batch = Generate(fixture, new GenerationOptions { NewTokens = (int)expected.shape[1], EndOfText = [end] });

        Assert.Equal(expected.data<long>().ToArray(), batch.Ids.Cast<long>());
        for (var row = 0; row < batch.Lengths.Length; row++)
        {
            var ids = expected[row].data<long>().ToArray();
            var first = Array.IndexOf(ids, end);
            Assert.Equal(first < 0 ? ids.Length : first + 1, batch.Lengths[row]);
        }

        // Every token that counts was predicted for an active row, and nothing else was.
        Assert.Equal(batch.Lengths.Sum(), counts.Sum());
    }

    [Theory, MemberData(nameof(Families))]
    public void Generate_MostRowsEnded_ReadsOnlyTheOthers(string family)
    {
        using var fixture = new DecoderFixture(family);
        var expected = fixture.Expected("left.generated");
        long[][] rows = [.. Enumerable.Range(0, 4).Select(row => expected[row].data<long>().ToArray())];
        long[] ends = [.. rows.Take(3).Select(row => row[0]).Except(rows[3])];
        var read = new List<long>();
        using var hook = fixture.Decoder.Hooks.Add(HookPoint.ResidPost, 0, (value, _) =>
        {
            read.Add(value.shape[0]);
            return value;
        });

        var batch = Generate(fixture, new GenerationOptions { NewTokens = rows[0].Length, EndOfText = ends, PadId = 3 });

        for (var row = 0; row < 4; row++)
        {
            var end = Array.FindIndex(rows[row], id => ends.Contains(id));
            var length = end < 0 ? rows[row].Length : end + 1;
            Assert.Equal(length, batch.Lengths[row]);
            Assert.Equal(rows[row].Take(length).Concat(Enumerable.Repeat(3L, rows[row].Length - length)), Enumerable.Range(0, rows[row].Length).Select(i => batch.Ids[row, i]));
        }

        if (batch.Lengths.Count(length => length == 1) >= 2)
            Assert.Equal(batch.Lengths.Count(length => length > 1), read[1]);
        Assert.Equal(read.OrderDescending(), read);
    }

    [Theory, MemberData(nameof(Families))]
    public void Generate_EachPromptAlone_GivesTheTokensOfTheBatch(string family)
    {
        using var fixture = new DecoderFixture(family);
        var (prompts, expected) = (Prompts(fixture), fixture.Expected("left.generated"));
        var options = new GenerationOptions { NewTokens = (int)expected.shape[1] };

        var continuations = TextGenerator.GenerateAll(fixture.Decoder, prompts, options, batchSize: 1, cancellationToken: Token);

        for (var row = 0; row < prompts.Count; row++)
            Assert.Equal(expected[row].data<long>().ToArray().Select(id => (int)id), continuations[row]);
    }

    [Theory, InlineData(1.0, null), InlineData(0.7, null), InlineData(1.0, 12)]
    public void Generate_Sampled_DependsOnSeedButNotOnBatches(double topP, int? topK)
    {
        using var fixture = new DecoderFixture("gpt2");
        var prompts = Prompts(fixture);
        var options = new GenerationOptions { NewTokens = 16, Temperature = 0.9, TopP = topP, TopK = topK, Seed = 7 };

        var together = TextGenerator.GenerateAll(fixture.Decoder, prompts, options, batchSize: 4, cancellationToken: Token);
        var apart = TextGenerator.GenerateAll(fixture.Decoder, prompts, options, batchSize: 1, cancellationToken: Token);
        var otherSeed = TextGenerator.GenerateAll(fixture.Decoder, prompts, options with { Seed = 8 }, batchSize: 4, cancellationToken: Token);

        Assert.Equal(together, apart);
        Assert.NotEqual(together, otherSeed);
    }

    [Fact]
    public void Generate_PromptAndNewTokensBeyondTheContext_IsRefused()
    {
        using var fixture = new DecoderFixture("gpt2");
        var error = Assert.Throws<ArgumentException>(() => Generate(fixture, new GenerationOptions { NewTokens = 62 }));
        Assert.Contains("context of 96", error.Message, StringComparison.Ordinal);
        Assert.Equal(61, Generate(fixture, new GenerationOptions { NewTokens = 61 }).Ids.GetLength(1));
    }

    [Fact]
    public void Generate_PaddedOnTheRight_IsRefused()
    {
        using var fixture = new DecoderFixture("gpt2");
        var error = Assert.Throws<ArgumentException>(() => TextGenerator.Generate(
            fixture.Decoder, fixture.Expected("right.input_ids"), fixture.Expected("right.attention_mask"), new GenerationOptions { NewTokens = 2 },
            cancellationToken: Token));
        Assert.Contains("left", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Generate_Cancelled_StopsAtTheNextStep()
    {
        using var fixture = new DecoderFixture("gpt2");
        using var source = new CancellationTokenSource();
        var steps = 0;
        using var hook = fixture.Decoder.Hooks.Add(HookPoint.MlpOut, 0, (value, _) =>
        {
            if (++steps == 3)
                source.Cancel();
            return value;
        });
        Assert.Throws<OperationCanceledException>(() => TextGenerator.Generate(
            fixture.Decoder, fixture.Expected("left.input_ids"), fixture.Expected("left.attention_mask"), new GenerationOptions { NewTokens = 24 },
            cancellationToken: source.Token));
        Assert.Equal(3, steps);
    }

    private static GeneratedBatch Generate(DecoderFixture fixture, GenerationOptions options) =>
        TextGenerator.Generate(fixture.Decoder, fixture.Expected("left.input_ids"), fixture.Expected("left.attention_mask"), options, cancellationToken: Token);

    private static List<int[]> Prompts(DecoderFixture fixture)
    {
        var (ids, mask) = (fixture.Expected("left.input_ids"), fixture.Expected("left.attention_mask"));
        return [.. Enumerable.Range(0, (int)ids.shape[0]).Select(row =>
            ids[row].masked_select(mask[row] != 0).data<long>().ToArray().Select(id => (int)id).ToArray())];
    }
}
