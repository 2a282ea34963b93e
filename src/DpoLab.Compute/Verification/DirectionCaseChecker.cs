using System.Text.Json;
using DpoLab.Compute.Checkpoints;
using DpoLab.Compute.Directions;
using DpoLab.Compute.Models;
using DpoLab.Contracts.Runs;
using static TorchSharp.torch;

namespace DpoLab.Compute.Verification;

/// <summary>
/// The directions of <c>science/&lt;family&gt;</c>: features and probe of both protocols (scikit-learn), mean and embedding difference,
/// singular vectors, logit lens.
/// </summary>
public sealed class DirectionCaseChecker : ICaseChecker
{
    private const double Values = 1e-5;
    private const double Coefficients = 1e-3;
    private const double Logits = 1e-4;
    private const int BatchSize = 32;

    /// <inheritdoc/>
    public string Kind => "science";

    /// <inheritdoc/>
    public IEnumerable<string> Cases(VerificationFolder folder) => folder.FoldersOf(Kind);

    /// <inheritdoc/>
    public IEnumerable<Comparison> Check(VerificationFolder folder, string name, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        using var reference = new ScienceCase(folder, name);
        using Decoder model = reference.LoadBase();
        SafetensorsFile expected = reference.Tensors;
        JsonElement probe = reference.Json.Part("probe");
        int[][] texts = probe.Part("texts").Deserialize<int[][]>()!;
        bool[] labels = [.. probe.Part("labels").Deserialize<int[]>()!.Select(label => label == 1)];

        Tensor features = TextFeatures.Mean(model, texts, BatchSize, cancellation: cancellationToken);
        yield return Differ("features", Vector(expected, "probe.features"), Flat(features), Values);
        foreach (Comparison comparison in Probes(probe, "report", features, labels, Vector(expected, "probe.coefficients"), cancellationToken))
            yield return comparison;
        yield return Differ("mean difference", Vector(expected, "mean_difference"), Differences.OfMeans(features, labels), Values);

        int width = probe.Part("published_width").GetInt32();
        Tensor published = PublishedTextFeatures.Mean(model, texts, width, BatchSize, cancellation: cancellationToken);
        yield return Differ("published features", Vector(expected, "probe.published_features"), Flat(published), Values);
        double[] coefficients = Vector(expected, "probe.published_coefficients");
        foreach (Comparison comparison in Probes(probe, "published_report", published, labels, coefficients, cancellationToken))
            yield return comparison;

        int[][][] seeds = reference.Json.Part("embedding_seeds").Deserialize<int[][][]>()!;
        yield return Differ("embedding difference", Vector(expected, "embedding_difference"), Differences.OfEmbeddings(model, seeds[0], seeds[1]), Values);
        foreach (Comparison comparison in SingularVectors(model, reference.Json.Part("svd"), expected))
            yield return comparison;
        foreach (Comparison comparison in Lens(model, reference.Json.Part("lens"), expected))
            yield return comparison;
    }

    private static List<Comparison> Probes(
        JsonElement given, string report, Tensor features, bool[] labels, double[] coefficients, CancellationToken cancellationToken)
    {
        var split = new StratifiedSplit(given.Part("train").Deserialize<int[]>()!, given.Part("test").Deserialize<int[]>()!);
        Probe probe = Probe.Train(features, labels, c: 1, split, cancellationToken);
        JsonElement expected = given.Part(report);
        double[] figures =
        [
            .. new[] { "accuracy", "balanced_accuracy", "f1", "roc_auc" }.Select(field => expected.Part(field).GetDouble()),
            .. expected.Part("confusion_true_rows").Deserialize<double[][]>()!.SelectMany(row => row),
        ];
        ClassifierReport r = probe.Report;
        double[] ours = [r.Accuracy, r.BalancedAccuracy, r.F1, r.RocAuc, r.TrueNegatives, r.FalsePositives, r.FalseNegatives, r.TruePositives];
        return
        [
            Differ($"probe, {report}: coefficients", [.. coefficients, expected.Part("intercept").GetDouble()], [.. probe.Fit.Coefficients, probe.Fit.Intercept], Coefficients),
            new Comparison($"probe, {report}: gradient", probe.Fit.GradientMax, LogisticRegression.GradientTolerance),
            Differ($"probe, {report}: figures", figures, ours, 1e-9),
        ];
    }

    private static List<Comparison> SingularVectors(Decoder model, JsonElement given, SafetensorsFile expected)
    {
        int count = given.Part("n").GetInt32();
        ValueVectorSvd svd = ValueVectorSvd.Of(model, Vector(expected, "direction"), count, Protocol.Corrected);
        double[] values = given.Part("singular_values").Deserialize<double[]>()!;
        int[] neurons = [.. svd.Neurons.Select(neuron => (neuron.Layer * model.Configuration.Neurons) + neuron.Neuron)];
        return
        [
            new Comparison("SVD, neurons", Unequal(given.Part("neurons").Deserialize<int[]>()!, neurons), 0, "other value vectors were chosen"),
            Differ("SVD, singular values", values, svd.SingularValues[..values.Length], Values),
            Differ("SVD, singular vectors", Vector(expected, "svd.vectors"), [.. svd.Vectors.Take(values.Length).SelectMany(v => v)], Values),
        ];
    }

    private static List<Comparison> Lens(Decoder model, JsonElement given, SafetensorsFile expected)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        double[] direction = Vector(expected, "direction");
        int[] promoted = given.Part("promoted").Deserialize<int[]>()!, suppressed = given.Part("suppressed").Deserialize<int[]>()!;
        Tensor logits = LogitLens.Logits(model, tensor(direction, ScalarType.Float64).unsqueeze(0));
        return
        [
            Differ("lens, logits", Vector(expected, "lens.logits"), Flat(logits.to(ScalarType.Float64)), Logits),
            new Comparison(
                "lens, tokens",
                Unequal(promoted, Top(promoted.Length, largest: true)) + Unequal(suppressed, Top(suppressed.Length, largest: false)),
                0,
                "other tokens are promoted or suppressed"),
        ];

        int[] Top(int count, bool largest) =>
            [.. logits.squeeze(0).topk(count, dim: 0, largest: largest, sorted: true).indexes.data<long>().Select(id => (int)id)];
    }

    /// <summary>The largest difference, each divided by max(1, |expected|); NaN if a value is, or if the lengths differ.</summary>
    private static Comparison Differ(string what, double[] expected, double[] actual, double bound)
    {
        if (expected.Length != actual.Length)
            return new Comparison(what, double.NaN, bound, $"{actual.Length} numbers where {expected.Length} are expected");
        return new Comparison(what, ScienceDifference.Largest(expected, actual), bound);
    }

    private static int Unequal(int[] expected, int[] actual) =>
        expected.Length == actual.Length ? expected.Zip(actual).Count(pair => pair.First != pair.Second) : expected.Length;

    private static double[] Vector(SafetensorsFile file, string name) => Flat(file.Load(name, type: ScalarType.Float64));

    private static double[] Flat(Tensor tensor) => [.. tensor.contiguous().view(-1).data<double>()];
}
