using DpoLab.Compute.Tokenization;

namespace DpoLab.Compute.Verification;

/// <summary><c>tokenizers/&lt;name&gt;.jsonl</c>: ids of hard strings by the original tokenizers, whose files lie in the data folder.</summary>
public sealed class TokenizerCaseChecker : ICaseChecker
{
    public string Kind => "tokenizers";

    public IEnumerable<string> Cases(VerificationFolder folder) => folder.FilesOf(Kind, ".jsonl");

    public IEnumerable<Comparison> Check(VerificationFolder folder, string name, CancellationToken cancellationToken)
    {
        // The repository keeps the one tokenizer that may be copied beside its fixtures.
        string[] places = [Path.Combine(folder.Data, "tokenizers", name), folder.Of("tokenizers-data", name)];
        var place = places.FirstOrDefault(Directory.Exists)
            ?? throw new InputException($"the files of tokenizer '{name}' are not in {places[0]}. Name the folder that holds tokenizers/ by --data.");
        var differences = TokenizerReference.Differences(
            Tokenizer.Load(place), folder.Of(Kind, name + ".jsonl"), TokenizerReference.Kind.PlainIds, out var rows);
        yield return new Comparison($"ids, {rows} texts", differences.Count, 0, differences.Count > 0 ? differences[0] : null);
    }
}
