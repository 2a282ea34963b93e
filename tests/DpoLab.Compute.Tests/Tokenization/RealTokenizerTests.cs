using DpoLab.Compute.Tokenization;
using DpoLab.Compute.Verification;

namespace DpoLab.Compute.Tests.Tokenization;

/// <summary>
/// Tokenizers whose licences keep them out of the repository. DPOLAB_TOKENIZERS names a folder that holds <c>NAME/</c> with the files and
/// <c>NAME.jsonl</c> with reference ids for each; without it there is nothing to compare.
/// </summary>
public sealed class RealTokenizerTests
{
    [Fact]
    public void RealFiles_HardStrings_EveryIdEqual()
    {
        string? folder = Environment.GetEnvironmentVariable("DPOLAB_TOKENIZERS");
        Assert.SkipWhen(folder is null, "DPOLAB_TOKENIZERS is not set: no folder of tokenizers to compare with.");

        string[] references = Directory.GetFiles(folder, "*.jsonl");

        Assert.NotEmpty(references);
        Assert.All(references, reference =>
        {
            var tokenizer = Tokenizer.Load(Path.ChangeExtension(reference, null));
            Assert.Empty(TokenizerReference.Differences(tokenizer, reference, TokenizerReference.Kind.PlainIds, out int rows));
            Assert.True(rows > 0);
        });
    }
}
