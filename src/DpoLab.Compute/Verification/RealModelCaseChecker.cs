using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using DpoLab.Compute.Evaluation;
using DpoLab.Compute.Generation;
using DpoLab.Compute.Tokenization;
using static TorchSharp.torch;
using Decoder = DpoLab.Compute.Models.Decoder;

namespace DpoLab.Compute.Verification;

/// <summary>
/// <c>smollm2/&lt;name&gt;.json</c>: a real model, whose folder lies elsewhere, with its tokenizer: ids, the likeliest next tokens, greedy continuations, and
/// the likelihood of an excerpt of a text that lies elsewhere too.
/// </summary>
public sealed partial class RealModelCaseChecker : ICaseChecker
{
    /// <summary>Bound of log-probabilities in fp32, as of logits.</summary>
    private const double LogProbabilities = 1e-4;

    /// <summary>Two fp32 implementations may decide otherwise where the best token leads by less.</summary>
    private const double DecidedMargin = 1e-3;

    /// <inheritdoc/>
    public string Kind => "smollm2";

    /// <inheritdoc/>
    public IEnumerable<string> Cases(VerificationFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return folder.FilesOf(Kind, ".json");
    }

    /// <inheritdoc/>
    public IEnumerable<Comparison> Check(VerificationFolder folder, string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var expected = ReferenceJson.Read(folder.Of(Kind, name + ".json"));
        string model = ModelFolder(folder, expected.OptionalText("model"));
        var tokenizer = Tokenizer.Load(model);
        var prompts = expected.Part("prompts").EnumerateArray().Select(Prompt.Read).ToList();
        yield return Ids(tokenizer, prompts);
        using var decoder = Decoder.Load(model, folder.Device, ScalarType.Float32);
        yield return Likeliest(decoder, prompts, cancellationToken);
        yield return Greedy(decoder, tokenizer, prompts, cancellationToken);
        if (expected.TryGetProperty("perplexity", out var perplexity))
        {
            foreach (var comparison in Text(folder, decoder, tokenizer, perplexity, cancellationToken))
                yield return comparison;
        }
    }

    /// <summary>The model's folder: the one that is given, or one below it of the case's name or kind.</summary>
    private string ModelFolder(VerificationFolder folder, string? name)
    {
        const string Remedy = "Unpack the model (models/unpack beside the reference values does) and name its folder, or the one that holds it, by --models.";
        if (folder.Models is not { } models)
            throw new InputException($"the model is not among the reference values. {Remedy}");
        string[] below = Directory.Exists(models)
            ? [.. Directory.EnumerateDirectories(models, name ?? Kind + "*").Order(StringComparer.Ordinal)]
            : [];
        string[] found = [.. below.Prepend(models).Where(path => File.Exists(Path.Combine(path, "config.json")))];
        return found.Length > 0 ? found[0] : throw new InputException($"{models} is no model and holds none named {name ?? Kind + "*"}. {Remedy}");
    }

    private static Comparison Ids(Tokenizer tokenizer, List<Prompt> prompts)
    {
        var differing = prompts.Where(prompt => !tokenizer.Encode(prompt.Text).AsSpan().SequenceEqual(prompt.Ids)).ToList();
        return new Comparison($"ids, {prompts.Count} prompts", differing.Count, 0, differing.Count > 0 ? $"“{differing[0].Text}” becomes other ids" : null);
    }

    private static Comparison Likeliest(Decoder decoder, List<Prompt> prompts, CancellationToken cancellationToken)
    {
        double largest = 0;
        string? detail = null;
        foreach (var prompt in prompts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            using var none = no_grad();
            var logits = decoder.Forward(tensor(prompt.Ids, ScalarType.Int64, decoder.Device).unsqueeze(0))[0, -1]; // [V]
            var ours = logits.log_softmax(-1, ScalarType.Float64)[tensor(prompt.TopIds, ScalarType.Int64, decoder.Device)].cpu();
            double difference = (ours - tensor(prompt.TopLogProbabilities, ScalarType.Float64)).abs().max().item<double>();
            if (double.IsNaN(difference) || difference > largest)
                (largest, detail) = (difference, $"most after “{prompt.Text}”");
        }

        return new Comparison($"likeliest tokens, {prompts.Sum(p => p.TopIds.Length)} log-probabilities", largest, LogProbabilities, detail);
    }

    /// <summary>A continuation may differ only where the reference itself was undecided on the way.</summary>
    private static Comparison Greedy(Decoder decoder, Tokenizer tokenizer, List<Prompt> prompts, CancellationToken cancellationToken)
    {
        var decided = prompts.Where(prompt => prompt.SmallestMargin >= DecidedMargin).ToList();
        int differing = 0;
        string? detail = null;
        foreach (var prompt in decided)
        {
            var options = new GenerationOptions { NewTokens = prompt.Greedy.Length };
            int[] ours = TextGenerator.GenerateAll(decoder, [prompt.Ids], options, batchSize: 1, cancellationToken: cancellationToken)[0];
            differing += ScienceDifference.Differing(prompt.Greedy, ours);
            if (differing > 0)
                detail ??= $"“{prompt.Text}” goes on “{tokenizer.Decode(ours)}”";
        }

        return new Comparison($"greedy, {decided.Sum(p => p.Greedy.Length)} tokens of {decided.Count} prompts", differing, 0, detail);
    }

    private static IEnumerable<Comparison> Text(
        VerificationFolder folder, Decoder decoder, Tokenizer tokenizer, JsonElement expected, CancellationToken cancellationToken)
    {
        string text = Excerpt(folder, expected.Part("text").GetString()!);
        int[] ids = tokenizer.Encode(text);
        yield return new Comparison("text, bytes and tokens", Math.Max(
            Math.Abs(Encoding.UTF8.GetByteCount(text) - expected.Part("bytes").GetInt32()), Math.Abs(ids.Length - expected.Part("tokens").GetInt32())), 0);
        int window = expected.Part("window").GetInt32();
        var (nats, scored) = Perplexity.Sum(decoder, ids, TextWindows.Cut(ids.Length, window), cancellationToken: cancellationToken);
        double sum = expected.Part("nll_sum").GetDouble();
        bool sameTokens = scored == expected.Part("scored_tokens").GetInt64();
        yield return new Comparison($"likelihood, windows of {window}, relative", sameTokens ? Math.Abs(nats - sum) / sum : double.NaN, ScienceDifference.Statistics);
    }

    /// <summary>As <c>first 24,000 characters of FILE</c>, which lies in <c>text/</c>; characters are code points.</summary>
    private static string Excerpt(VerificationFolder folder, string words)
    {
        if (ExcerptIn().Match(words) is not { Success: true } found)
            throw new InputException($"the text '{words}' is not understood. Write it as 'first 24,000 characters of FILE'.");
        string path = Path.Combine(folder.Data, "text", Path.GetFileName(found.Groups["file"].Value));
        if (!File.Exists(path))
            throw new InputException($"the text is not at {path}. Name the folder that holds text/ by --data.");
        int count = int.Parse(found.Groups["count"].ValueSpan, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
        var excerpt = new StringBuilder();
        foreach (var character in File.ReadAllText(path).EnumerateRunes().Take(count))
            excerpt.Append(character.ToString());
        return excerpt.ToString();
    }

    [GeneratedRegex(@"^first (?<count>[\d,]+) characters of (?<file>\S+)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ExcerptIn();

    private sealed record Prompt(string Text, int[] Ids, int[] TopIds, double[] TopLogProbabilities, int[] Greedy, double SmallestMargin)
    {
        public static Prompt Read(JsonElement row) => new(
            row.Part("prompt").GetString()!,
            row.Part("ids").Deserialize<int[]>()!,
            row.Part("top_ids").Deserialize<int[]>()!,
            row.Part("top_logprobs").Deserialize<double[]>()!,
            row.Part("greedy").Deserialize<int[]>()!,
            row.Part("smallest_margin").GetDouble());
    }
}
