using DpoLab.Compute.Generation;
using DpoLab.Compute.Models;
using DpoLab.Compute.Tokenization;
using static TorchSharp.torch;

namespace DpoLab.Compute.Verification;

/// <summary>Compares one model with values that transformers computed from the same files.</summary>
public static class ModelComparison
{
    /// <summary>
    /// Bounds of differences, each divided by the largest value of its position where that is over 1: rounding grows with what is summed, and
    /// residual streams of real models hold thousands.
    /// </summary>
    private const double Fp32 = 1e-4;
    private const double BFloat16 = 0.05;

    /// <summary>Two fp32 implementations may decide otherwise where the best token leads by less; in bfloat16, by less than a tenth.</summary>
    private const double DecidedMargin = 1e-3;
    private const double DecidedMarginHalf = 0.1;

    /// <summary>How many comparisons values allow at most.</summary>
    public static int Count(ExportedValues values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return 3 + (2 * values.Layers.Count);
    }

    /// <summary>A comparison at a time: ids, logits, the named layers, greedy continuations.</summary>
    /// <param name="decoder">In the precision of the values.</param>
    /// <param name="tokenizer">Null: ids are taken as they are.</param>
    /// <param name="values">What to compare with.</param>
    /// <param name="cancellationToken">Looked at between texts.</param>
    /// <exception cref="InputException">A tensor is missing, or the model has no such layer.</exception>
    public static IEnumerable<Comparison> Of(Decoder decoder, Tokenizer? tokenizer, ExportedValues values, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        ArgumentNullException.ThrowIfNull(values);
        RequireFit(decoder, values);
        double bound = decoder.Precision is ScalarType.Float32 ? Fp32 : BFloat16;
        var texts = values.Texts.Where(text => text.Text is not null).ToList();
        if (tokenizer is not null && texts.Count > 0)
        {
            var other = texts.Where(text => !tokenizer.Encode(text.Text!).AsSpan().SequenceEqual(text.Ids)).ToList();
            yield return new Comparison($"ids, {texts.Count} texts", other.Count, 0, other.Count > 0 ? $"“{other[0].Text}” becomes other ids" : null);
        }

        var largest = new Dictionary<string, double>(StringComparer.Ordinal);
        for (int i = 0; i < values.Texts.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Compare(decoder, values, i, largest);
        }

        foreach (var (what, difference) in largest)
            yield return new Comparison(what, difference, bound);
        yield return Greedy(decoder, values, cancellationToken);
    }

    private static void RequireFit(Decoder decoder, ExportedValues values)
    {
        int layers = decoder.Configuration.Layers, vocabulary = decoder.Configuration.Vocabulary;
        if (values.Layers.Any(layer => layer < 0 || layer >= layers))
            throw new InputException($"The values are of layers {string.Join(", ", values.Layers)}, the model has {layers}. Export them from this model.");
        if (values.Texts.Any(text => text.Ids.Length == 0 || text.Ids.Concat(text.Greedy).Any(id => id < 0 || id >= vocabulary)))
            throw new InputException($"The values hold a text without tokens, or tokens that the model's vocabulary of {vocabulary} lacks. Export them from this model.");
    }

    private static void Compare(Decoder decoder, ExportedValues values, int text, Dictionary<string, double> largest)
    {
        using var scope = NewDisposeScope();
        using var none = no_grad();
        var registrations = new List<IDisposable>();
        foreach (int layer in values.Layers)
        {
            Look(HookPoint.ResidPost, layer, $"resid_post.{layer}");
            Look(HookPoint.MlpPost, layer, $"mlp_post.{layer}");
        }

        try
        {
            var ids = tensor(values.Texts[text].Ids, ScalarType.Int64, device: decoder.Device).unsqueeze(0); // [1, T]
            var expected = values.Load(text, "logits"); // [last, V]
            var logits = decoder.Forward(ids).squeeze(0);
            Note("logits", expected, logits.narrow(0, Math.Max(0, logits.shape[0] - expected.shape[0]), Math.Min(expected.shape[0], logits.shape[0])), largest);
        }
        finally
        {
            registrations.ForEach(registration => registration.Dispose());
        }

        void Look(HookPoint point, int layer, string what) => registrations.Add(decoder.Hooks.Add(point, layer, (value, _) =>
        {
            Note(what, values.Load(text, what), value.squeeze(0), largest);
            return value;
        }));
    }

    private static void Note(string what, Tensor expected, Tensor actual, Dictionary<string, double> largest)
    {
        using var scope = NewDisposeScope();
        if (!expected.shape.SequenceEqual(actual.shape))
            throw new InputException($"The values of {what} have the shape [{string.Join(", ", expected.shape)}], the model's [{string.Join(", ", actual.shape)}]. Export them from this model.");
        var ours = actual.to(ScalarType.Float32).cpu();
        var scale = expected.abs().amax([-1], keepdim: true).clamp_min(1); // [T, 1]
        double difference = ((ours - expected).abs() / scale).max().item<float>();
        largest[what] = Math.Max(difference, largest.GetValueOrDefault(what)); // a NaN stays: Math.Max passes it on
    }

    private static Comparison Greedy(Decoder decoder, ExportedValues values, CancellationToken cancellationToken)
    {
        double margin = decoder.Precision is ScalarType.Float32 ? DecidedMargin : DecidedMarginHalf;
        var decided = values.Texts.Where(text => text.Greedy.Length > 0 && text.SmallestMargin >= margin).ToList();
        int differing = 0;
        foreach (var text in decided)
        {
            var options = new GenerationOptions { NewTokens = text.Greedy.Length };
            int[] ours = TextGenerator.GenerateAll(decoder, [text.Ids], options, batchSize: 1, cancellationToken: cancellationToken)[0];
            differing += ScienceDifference.Differing(text.Greedy, ours);
        }

        return new Comparison($"greedy, {decided.Sum(text => text.Greedy.Length)} tokens of {decided.Count} decided texts", differing, 0);
    }
}
