using DpoLab.Compute.Checkpoints;
using DpoLab.Compute.Models;
using DpoLab.Compute.Models.Families;
using DpoLab.Compute.Tokenization;
using DpoLab.Compute.Toxicity;
using DpoLab.Compute.Training;
using DpoLab.Contracts.Hosting;

namespace DpoLab.Compute.Runs;

/// <summary>Looks at a model folder: configuration, headers of the weight files, tokenizer. No weight is loaded.</summary>
internal static class ModelInspection
{
    private const string Classifier = "ForSequenceClassification";

    /// <summary>What a folder holds.</summary>
    /// <exception cref="InputException">It cannot be used; the message says what is wrong with which file.</exception>
    public static ModelReport Of(string folder, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder))
            throw new InputException($"{folder} is a file. Give the folder that holds config.json, the weights and the tokenizer.");
        var config = ConfigurationFile.Read(Path.Combine(folder, "config.json"));
        bool classifies = (config.OptionalTexts("architectures") ?? []).Any(a => a.EndsWith(Classifier, StringComparison.Ordinal));
        var weights = WeightsOf(folder);
        var tokenizer = Tokenizer.Load(folder);
        var report = classifies ? OfClassifier(config, weights) : OfDecoder(folder, weights, tokenizer);
        var limits = new List<string>(tokenizer.Notes);
        if (tokenizer.VocabularySize > report.Vocabulary)
            limits.Add($"The tokenizer knows {tokenizer.VocabularySize} tokens, the model {report.Vocabulary}: texts with the others are refused.");
        return report with { Digest = ContentDigest.OfFolder(folder, ModelFiles.Count, cancellationToken).Sha256, Limits = limits };
    }

    private static ModelReport OfDecoder(string folder, WeightTotals weights, Tokenizer tokenizer)
    {
        var (family, c) = DecoderLoader.Configure(folder);
        return new ModelReport
        {
            Role = "decoder",
            Family = c.ModelType,
            Parameters = weights.Elements,
            Layers = c.Layers,
            Width = c.Width,
            NeuronsPerLayer = c.Neurons,
            Vocabulary = c.Vocabulary,
            ContextLength = c.ContextLength,
            StoredPrecision = weights.StoredType,
            WeightBytes = weights.Bytes,
            Digest = "",
            Traits = TraitsOf(family.Weights(c with { Layers = 1 }).Layers[0], c, tokenizer),
        };
    }

    /// <summary>What its weights and its tokenizer allow.</summary>
    /// <param name="layer">Any: all layers of a family have the same weights.</param>
    /// <param name="c">The configuration.</param>
    /// <param name="tokenizer">The folder's.</param>
    private static ModelTraits TraitsOf(LayerWeights layer, DecoderConfiguration c, Tokenizer tokenizer) => new(
        Gated: layer.Gate is not null,
        OutputBias: layer.Down.Bias is not null,
        EndsText: c.EndOfText.Count > 0 || tokenizer.EndOfText is not null,
        NamesPadding: (tokenizer.Pad ?? tokenizer.EndOfText) is not null,
        LinearLayers: [.. LoraAdapters.LayerNames(layer.Projections().Select(projection => projection.Weight.Name[..^".weight".Length]))]);

    private static ModelReport OfClassifier(ConfigurationFile config, WeightTotals weights)
    {
        string family = config.Text("model_type");
        int positions = config.Count("max_position_embeddings");
        return new ModelReport
        {
            Role = "classifier",
            Family = family,
            Parameters = weights.Elements,
            Layers = config.Count("num_hidden_layers"),
            Width = config.Count("hidden_size"),
            NeuronsPerLayer = 0,
            Vocabulary = config.Count("vocab_size"),

            // RoBERTa's positions begin behind the padding's id
            ContextLength = family == "roberta" ? positions - 2 : positions,
            StoredPrecision = weights.StoredType,
            WeightBytes = weights.Bytes,
            Digest = "",
            Labels = ToxicityOutput.NamesOf(config.Section("id2label") is { } names
                ? [.. names.Keys.OrderBy(k => int.TryParse(k, out int id) ? id : int.MaxValue).Select(names.Text)]
                : ["LABEL_0", "LABEL_1"]),
        };
    }

    private static WeightTotals WeightsOf(string folder)
    {
        using var files = CheckpointFolder.Open(folder);
        var entries = files.Names.Select(files.Entry).ToList();
        string stored = entries.GroupBy(e => e.StoredType, StringComparer.Ordinal).MaxBy(g => g.Sum(e => e.Bytes))?.Key ?? "none";
        return new WeightTotals(
            entries.Where(e => e.StoredType == stored).Sum(e => e.Elements), entries.Sum(e => e.Bytes), stored.ToLowerInvariant());
    }

    /// <summary>The weight files in sum.</summary>
    /// <param name="Elements">Numbers in the type that most are stored in: buffers of other types are no parameters.</param>
    /// <param name="Bytes">Of all tensors.</param>
    /// <param name="StoredType">The type that most are stored in.</param>
    private sealed record WeightTotals(long Elements, long Bytes, string StoredType);
}
