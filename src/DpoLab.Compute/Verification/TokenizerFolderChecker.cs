using DpoLab.Compute.Tokenization;

namespace DpoLab.Compute.Verification;

/// <summary><c>folders/&lt;name&gt;</c>: tokenizer folders as on the hub with ids and decoded texts of the tokenizers library.</summary>
public sealed class TokenizerFolderChecker : ICaseChecker
{
    public string Kind => "folders";

    public IEnumerable<string> Cases(VerificationFolder folder) => folder.FoldersOf(Kind);

    public IEnumerable<Comparison> Check(VerificationFolder folder, string name, CancellationToken cancellationToken)
    {
        var tokenizer = Tokenizer.Load(folder.Of(Kind, name));
        var differences = TokenizerReference.Differences(tokenizer, folder.Of(Kind, name, "expected.jsonl"), TokenizerReference.Kind.Folder, out var rows);
        yield return new Comparison($"ids and decoded texts, {rows} rows", differences.Count, 0, differences.Count > 0 ? differences[0] : null);
        if (File.Exists(folder.Of(Kind, name, "tokenizer.model")))
            yield return ModelFileAlone(folder.Of(Kind, name));
        if (File.Exists(folder.Of(Kind, name, "batch.json")))
            yield return Batches(tokenizer, folder.Of(Kind, name, "batch.json"));
    }

    /// <summary>Texts filled up on the left and on the right, cut and whole.</summary>
    private static Comparison Batches(Tokenizer tokenizer, string file)
    {
        var differences = BatchReference.Differences(tokenizer, file, out int batches);
        return new Comparison($"{batches} batches", differences.Count, 0, differences.Count > 0 ? differences[0] : null);
    }

    /// <summary>The folder without its <c>tokenizer.json</c>, against SentencePiece itself.</summary>
    private static Comparison ModelFileAlone(string folder)
    {
        var temporary = Directory.CreateTempSubdirectory("dpolab-verify-").FullName;
        try
        {
            foreach (var file in new[] { "tokenizer.model", "tokenizer_config.json" }.Where(file => File.Exists(Path.Combine(folder, file))))
                File.Copy(Path.Combine(folder, file), Path.Combine(temporary, file));
            var differences = TokenizerReference.Differences(
                Tokenizer.Load(temporary), Path.Combine(folder, "expected.jsonl"), TokenizerReference.Kind.ModelFile, out var rows);
            return new Comparison($"tokenizer.model alone, {rows} rows", differences.Count, 0, differences.Count > 0 ? differences[0] : null);
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }
}
