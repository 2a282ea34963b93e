using DpoLab.Compute.Models.Families;

namespace DpoLab.Compute.Toxicity;

/// <summary>The encoders that classifiers are built on.</summary>
internal enum EncoderFamily
{
    Bert,
    Roberta,

    /// <summary>DeBERTa version 2 and 3: attention also looks at the distance of tokens.</summary>
    Deberta,
}

/// <summary>A sequence classifier's configuration, read from <c>config.json</c>.</summary>
internal sealed record EncoderConfiguration
{
    public required EncoderFamily Family { get; init; }

    public required int Layers { get; init; }

    /// <summary>D.</summary>
    public required int Width { get; init; }

    public required int Heads { get; init; }

    /// <summary>Width of the feed-forward part.</summary>
    public required int Inner { get; init; }

    public required int Vocabulary { get; init; }

    /// <summary>Rows of the position table, or positions that distances are scaled by.</summary>
    public required int Positions { get; init; }

    /// <summary>0: the model has no segment embeddings.</summary>
    public required int TokenTypes { get; init; }

    public required double NormEpsilon { get; init; }

    public required int Pad { get; init; }

    /// <summary>DeBERTa: how distances are put into buckets; null elsewhere.</summary>
    public RelativePositionOptions? Relative { get; init; }

    /// <summary>Names of the outputs.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary><c>problem_type</c>; null: not said.</summary>
    public string? ProblemType { get; init; }

    /// <summary>d = D / heads.</summary>
    public int HeadSize => Width / Heads;

    /// <summary>The first position that tokens take: RoBERTa's table begins with the padding's rows.</summary>
    public int FirstPosition => Family is EncoderFamily.Roberta ? Pad + 1 : 0;

    /// <summary>Longest sequence, special tokens included.</summary>
    public int LongestSequence => Positions - FirstPosition;

    /// <summary>Reads a folder's <c>config.json</c>.</summary>
    /// <exception cref="InputException">It describes no classifier that can be run here.</exception>
    public static EncoderConfiguration Read(string folder)
    {
        var config = ConfigurationFile.Read(Path.Combine(folder, "config.json"));
        var family = config.Text("model_type") switch
        {
            "bert" => EncoderFamily.Bert,
            "roberta" or "xlm-roberta" => EncoderFamily.Roberta,
            "deberta-v2" => EncoderFamily.Deberta,
            _ => throw config.Refusal("model_type", "a scorer must be a bert, roberta or deberta-v2 sequence classifier"),
        };
        RefuseVariants(config, family);
        var configuration = new EncoderConfiguration
        {
            Family = family,
            Layers = config.Count("num_hidden_layers"),
            Width = config.Count("hidden_size"),
            Heads = config.Count("num_attention_heads"),
            Inner = config.Count("intermediate_size"),
            Vocabulary = config.Count("vocab_size"),
            Positions = config.Count("max_position_embeddings"),
            TokenTypes = family is EncoderFamily.Deberta ? (int)(config.OptionalNumber("type_vocab_size") ?? 0) : config.OptionalCount("type_vocab_size") ?? 2,
            NormEpsilon = config.OptionalNumber("layer_norm_eps") ?? 1e-12,
            Pad = (int)(config.OptionalNumber("pad_token_id") ?? (family is EncoderFamily.Roberta ? 1 : 0)),
            Relative = family is EncoderFamily.Deberta ? RelativePositionOptions.Read(config) : null,
            Labels = ReadLabels(config),
            ProblemType = config.OptionalText("problem_type"),
        };
        if (configuration.Width % configuration.Heads != 0)
            throw config.Refusal("num_attention_heads", $"it must divide hidden_size, {configuration.Width}");
        if (configuration.LongestSequence < 3)
            throw config.Refusal("max_position_embeddings", "no text has room in so few positions");
        return configuration;
    }

    private static void RefuseVariants(ConfigurationFile config, EncoderFamily family)
    {
        if (config.OptionalText("hidden_act") is not (null or "gelu"))
            throw config.Refusal("hidden_act", "only gelu is supported");
        if (config.OptionalText("position_embedding_type") is not (null or "absolute"))
            throw config.Refusal("position_embedding_type", "only absolute is supported");
        config.OnlyFlag("is_decoder", false);
        if (family is EncoderFamily.Deberta)
        {
            config.OnlyFlag("position_biased_input", false);
            config.OnlyFlag("relative_attention", true);
            if (config.OptionalNumber("type_vocab_size") is > 0)
                throw config.Refusal("type_vocab_size", "only 0 is supported");
            if (config.OptionalNumber("conv_kernel_size") is > 0)
                throw config.Refusal("conv_kernel_size", "a convolution (DeBERTa v2 xlarge) is not supported");
            if (config.OptionalCount("embedding_size") is { } size && size != config.Count("hidden_size"))
                throw config.Refusal("embedding_size", "it must equal hidden_size");
            if (config.OptionalText("pooler_hidden_act") is not (null or "gelu"))
                throw config.Refusal("pooler_hidden_act", "only gelu is supported");
        }
    }

    private static IReadOnlyList<string> ReadLabels(ConfigurationFile config)
    {
        if (config.Section("id2label") is not { } names)
            return [.. Enumerable.Range(0, config.OptionalCount("num_labels") ?? 2).Select(i => $"LABEL_{i}")];
        string[] labels = new string[names.Keys.Count()];
        foreach (string key in names.Keys)
        {
            if (!int.TryParse(key, out int id) || id < 0 || id >= labels.Length || labels[id] is not null)
                throw config.Refusal("id2label", "its keys must be 0, 1, 2, …");
            labels[id] = names.Text(key);
        }

        return labels.Length > 0 ? labels : throw config.Refusal("id2label", "it names no output");
    }
}
