using DpoLab.Compute.Tokenization;
using DpoLab.Compute.Verification;
using DpoLab.Tests;

namespace DpoLab.Compute.Tests.Tokenization;

public sealed class TokenBatchTests
{
    [Theory]
    [InlineData("gpt2-small-vocab")]
    [InlineData("llama2-style")]
    public void Of_ReferenceTexts_IdsAndMaskEqual(string folder)
    {
        var tokenizer = Tokenizer.Load(Repository.Fixture("folders", folder));

        var differences = BatchReference.Differences(tokenizer, Repository.Fixture("folders", folder, "batch.json"), out int batches);

        Assert.Equal(4, batches);
        Assert.Empty(differences);
    }

    [Fact]
    public void Of_NoRowsOrEmptyOnes_NoColumns()
    {
        Assert.Equal((0, 0), (TokenBatch.Of([], 0, PaddingSide.Left).Rows, TokenBatch.Of([], 0, PaddingSide.Left).Columns));
        Assert.Equal((2, 0), (TokenBatch.Of([[], []], 0, PaddingSide.Left).Rows, TokenBatch.Of([[], []], 0, PaddingSide.Left).Columns));
    }
}
