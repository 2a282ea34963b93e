namespace DpoLab.Compute.Models;

/// <summary>How positions enter the model.</summary>
public enum PositionKind
{
    /// <summary>A learned vector a position is added to the embedding (GPT-2).</summary>
    Learned,

    /// <summary>Queries and keys are rotated by their position.</summary>
    Rotary,
}

/// <summary>The non-linearity of the MLP.</summary>
public enum ActivationKind
{
    /// <summary>GELU in its tanh form (<c>gelu_new</c>, <c>gelu_pytorch_tanh</c>).</summary>
    GeluTanh,

    /// <summary>GELU by the error function (<c>gelu</c>).</summary>
    Gelu,

    /// <summary>x · sigmoid(x) (<c>silu</c>, <c>swish</c>).</summary>
    Silu,

    /// <summary>max(0, x).</summary>
    Relu,
}

/// <summary>How a normalisation is computed.</summary>
public enum NormKind
{
    /// <summary>Mean and variance, gain and bias.</summary>
    LayerNorm,

    /// <summary>Root mean square, gain (Llama): the normalised value is rounded to the precision before the gain.</summary>
    RootMeanSquare,

    /// <summary>Root mean square, gain stored as difference from 1 (Gemma): rounded after the gain.</summary>
    RootMeanSquarePlusOne,
}

/// <summary>
/// What a decoder is, in numbers: everything in which the families differ is data here, not a subclass. Read from a <c>config.json</c> by
/// the family's file in <c>Families/</c>, immutable afterwards.
/// </summary>
public sealed record DecoderConfiguration
{
    /// <summary>The <c>model_type</c> of <c>config.json</c>.</summary>
    public required string ModelType { get; init; }

    /// <summary>Number of layers, L.</summary>
    public required int Layers { get; init; }

    /// <summary>Width of the residual stream, D.</summary>
    public required int Width { get; init; }

    /// <summary>MLP neurons a layer, n.</summary>
    public required int Neurons { get; init; }

    /// <summary>Query heads, H.</summary>
    public required int Heads { get; init; }

    /// <summary>Key/value heads; fewer than <see cref="Heads"/> when several queries share one.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Width of one head.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Number of token ids, V.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>The most positions that the model was made for.</summary>
    public required int ContextLength { get; init; }

    public required NormKind Norm { get; init; }

    /// <summary>The ε in the denominators of the norms.</summary>
    public required double NormEpsilon { get; init; }

    public required ActivationKind Activation { get; init; }

    /// <summary>Whether the activation multiplies a second projection ("gate" and "up").</summary>
    public bool Gated { get; init; }

    public required PositionKind Positions { get; init; }

    /// <summary>The rotation of queries and keys; null with learned positions.</summary>
    public RotaryScheme? Rotary { get; init; }

    /// <summary>What query·key is multiplied by; 1/√HeadSize unless the family says otherwise.</summary>
    public required double AttentionScale { get; init; }

    /// <summary>Whether the scale is divided by the number of the layer, counted from 1 (an option of GPT-2).</summary>
    public bool ScaleByLayer { get; init; }

    /// <summary>c of c·tanh(score/c) on attention scores; null for none.</summary>
    public double? AttentionSoftCap { get; init; }

    /// <summary>c of c·tanh(logit/c) on the logits; null for none.</summary>
    public double? LogitSoftCap { get; init; }

    /// <summary>For each layer the number of latest positions that a query sees, itself included; null for all. Empty: all in every layer.</summary>
    public IReadOnlyList<int?> SlidingWindows { get; init; } = [];

    /// <summary>Whether attention and MLP outputs pass through norms of their own before they are added (Gemma 2).</summary>
    public bool PostNorms { get; init; }

    /// <summary>Whether attention and MLP both read the residual stream before either was added (GPT-NeoX).</summary>
    public bool ParallelResidual { get; init; }

    /// <summary>What embeddings are multiplied by (Gemma: √D); 1 for none.</summary>
    public double EmbeddingScale { get; init; } = 1;

    /// <summary>Whether the unembedding is the embedding.</summary>
    public required bool TiedEmbeddings { get; init; }

    /// <summary>The ids that end a text, as the folder's configuration names them; empty if it names none.</summary>
    public IReadOnlyList<long> EndOfText { get; init; } = [];

    /// <summary>The window of a layer, or null.</summary>
    public int? SlidingWindow(int layer) => SlidingWindows.Count == 0 ? null : SlidingWindows[layer];
}
