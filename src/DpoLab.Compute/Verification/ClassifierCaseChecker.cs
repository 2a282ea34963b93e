using DpoLab.Compute.Toxicity;

namespace DpoLab.Compute.Verification;

/// <summary><c>classifiers/&lt;kind&gt;</c>: sequence classifiers with ids and scores of transformers.</summary>
public sealed class ClassifierCaseChecker : ICaseChecker
{
    public string Kind => "classifiers";

    public IEnumerable<string> Cases(VerificationFolder folder) => folder.FoldersOf(Kind);

    public IEnumerable<Comparison> Check(VerificationFolder folder, string name, CancellationToken cancellationToken)
    {
        using var classifier = ToxicityClassifier.Load(folder.Of(Kind, name, "model"));
        var differences = ClassifierReference.Differences(classifier, folder.Of(Kind, name, "expected.json"), out var rows, out var largest);
        var ids = differences.Where(difference => difference.Contains("ids are", StringComparison.Ordinal)).ToList();
        yield return new Comparison($"ids, {rows} texts", ids.Count, 0, ids.FirstOrDefault());
        yield return new Comparison($"scores, {rows} texts", largest, ClassifierReference.Tolerance);
    }
}
