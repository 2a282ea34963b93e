using static TorchSharp.torch;

namespace DpoLab.Compute.Models;

/// <summary>
/// A decoder-only transformer of any of the known families. The caller decides about gradients (<c>no_grad()</c> around a pass that needs none)
/// and owns the dispose scope: each method returns one tensor and leaves nothing else behind. Not safe for use by two threads at once.
/// </summary>
public sealed partial class Decoder : IDisposable
{
    private readonly DecoderWeights weights;
    private readonly IReadOnlyDictionary<string, string> storedNames;
    private readonly Tensor? frequencies;
    private readonly double embeddingScale;

    private Decoder(
        string folder,
        Device device,
        ScalarType precision,
        bool roundFrequencies,
        (DecoderConfiguration Configuration, DecoderWeights Weights, IReadOnlyDictionary<string, string> StoredNames) loaded)
    {
        Folder = folder;
        Device = device;
        Precision = precision;
        (Configuration, weights, storedNames) = loaded;
        Hooks = new HookRegistry(Configuration.Layers);
        Parameters = weights.All().ToDictionary(weight => weight.Name, weight => weight.Value, StringComparer.Ordinal);
        Projections = weights.Layers.SelectMany(layer => layer.Projections())
            .ToDictionary(projection => projection.Weight.Name, StringComparer.Ordinal);
        if (Configuration.Rotary is { } rotary)
            frequencies = Frequencies(rotary, roundFrequencies ? precision : ScalarType.Float32);
        // transformers rounds √D to the precision before it multiplies.
        using var rounded = tensor(Configuration.EmbeddingScale, ScalarType.Float64).to(precision).to(ScalarType.Float64);
        embeddingScale = rounded.item<double>();
    }

    /// <summary>The folder that it was loaded from.</summary>
    public string Folder { get; }

    public DecoderConfiguration Configuration { get; }

    public Device Device { get; }

    /// <summary>The type of the weights and of the computation: Float32 or BFloat16.</summary>
    public ScalarType Precision { get; }

    /// <summary>What looks at and changes the values inside.</summary>
    public HookRegistry Hooks { get; }

    /// <summary>The live weights by transformers' names, tied ones once, in the order of the forward pass.</summary>
    public IReadOnlyDictionary<string, Tensor> Parameters { get; }

    /// <summary>The linear maps of all layers by the names of their weights: where low-rank adapters are put on.</summary>
    public IReadOnlyDictionary<string, Projection> Projections { get; }

    /// <summary>Loads a model.</summary>
    /// <param name="folder">A folder as on the Hugging Face hub: <c>config.json</c> and safetensors weights, in one file or in shards.</param>
    /// <param name="device">Where it shall compute.</param>
    /// <param name="precision">Float32 or BFloat16, whatever the stored type.</param>
    /// <param name="roundFrequencies">
    /// Whether rotary frequencies are rounded to the precision, as <c>model.to(torch.bfloat16)</c> does in transformers, rather than kept in fp32, as
    /// <c>from_pretrained(…, dtype=torch.bfloat16)</c> does. Rounded ones turn by whole radians too much or too little at position 1,000, so this is
    /// for comparison with values that were made that way.
    /// </param>
    /// <exception cref="Checkpoints.CheckpointException">The folder lacks something, is damaged, or is of a kind that is not known.</exception>
    public static Decoder Load(string folder, Device device, ScalarType precision, bool roundFrequencies = false)
    {
        ArgumentNullException.ThrowIfNull(device);
        using var none = no_grad();
        return new Decoder(folder, device, precision, roundFrequencies, DecoderLoader.Load(folder, device, precision));
    }

    /// <summary>The configuration of a folder, without its weights.</summary>
    public static DecoderConfiguration Describe(string folder) => DecoderLoader.Configure(folder).Configuration;

    /// <summary>The logits of every position, <c>[B, T, V]</c>. Where few positions are needed, <see cref="Hidden"/> and <see cref="Unembed"/> are cheaper.</summary>
    /// <param name="ids">Token ids, int64 <c>[B, T]</c>.</param>
    /// <param name="attentionMask">1 for real tokens, 0 for padding, <c>[B, Past + T]</c>; null when all are real.</param>
    /// <param name="cache">Earlier positions, appended to; null for a whole text.</param>
    /// <param name="options">Departures that the papers' training code made; null otherwise.</param>
    /// <exception cref="ArgumentException">A shape is wrong, an id is not in the vocabulary, or the text is longer than the context.</exception>
    public Tensor Forward(Tensor ids, Tensor? attentionMask = null, KeyValueCache? cache = null, ForwardOptions? options = null)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(Unembed(FinalNorm(Hidden(ids, attentionMask, cache, options))));
    }

    /// <summary>The residual stream after the last layer, before the final norm: <c>[B, T, D]</c>. Arguments as for <see cref="Forward"/>.</summary>
    public Tensor Hidden(Tensor ids, Tensor? attentionMask = null, KeyValueCache? cache = null, ForwardOptions? options = null)
    {
        using var scope = NewDisposeScope();
        var pass = Begin(ids, attentionMask, cache, options);
        var x = Embed(ids, pass);
        for (var layer = 0; layer < Configuration.Layers; layer++)
        {
            var next = Layer(layer, x, pass);
            if (!ReferenceEquals(next, x))
                x.Dispose();
            x = next;
        }

        cache?.Advance(ids.shape[1]);
        return scope.MoveToOuter(x);
    }

    /// <summary>The final norm: <c>[…, D]</c>.</summary>
    public Tensor FinalNorm(Tensor x)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(weights.FinalNorm.Apply(x));
    }

    /// <summary>Logits <c>[…, V]</c> of normed states <c>[…, D]</c>, Gemma 2's soft cap included.</summary>
    public Tensor Unembed(Tensor normed)
    {
        ArgumentNullException.ThrowIfNull(normed);
        if (normed.shape[^1] != Configuration.Width)
            throw new ArgumentException($"The last dimension is {normed.shape[^1]}; it must be the width {Configuration.Width}.", nameof(normed));
        using var scope = NewDisposeScope();
        if (is_grad_enabled())
        {
            var logits = nn.functional.linear(normed, weights.Unembedding.Value);
            return scope.MoveToOuter(Configuration.LogitSoftCap is { } cap ? (logits / cap).tanh() * cap : logits);
        }

        var plain = Device.type == TorchSharp.DeviceType.CPU ? UnembedInParts(normed) : nn.functional.linear(normed, weights.Unembedding.Value);
        // In place: the logits of a batch of texts are the largest tensor there is.
        return scope.MoveToOuter(Configuration.LogitSoftCap is { } inPlace ? plain.div_(inPlace).tanh_().mul_(inPlace) : plain);
    }

    /// <summary>
    /// The product with some thousand rows of the unembedding at a time, written in place: the CPU library's product with all 50,000 at once reaches
    /// 60 % of this one's speed.
    /// </summary>
    private Tensor UnembedInParts(Tensor normed)
    {
        const long part = 4096;
        var rows = normed.reshape(-1, Configuration.Width);
        var logits = empty([rows.shape[0], Configuration.Vocabulary], normed.dtype, normed.device);
        for (long first = 0; first < Configuration.Vocabulary; first += part)
        {
            var count = Math.Min(part, Configuration.Vocabulary - first);
            using var vectors = weights.Unembedding.Value.narrow(0, first, count).t();
            using var place = logits.narrow(1, first, count);
            place.addmm_(rows, vectors, beta: 0, alpha: 1);
        }

        return logits.view([.. normed.shape[..^1], Configuration.Vocabulary]);
    }

    private Tensor Frequencies(RotaryScheme rotary, ScalarType rounding)
    {
        using var scope = NewDisposeScope();
        return scope.Detach(tensor(rotary.Frequencies(), ScalarType.Float32, Device).to(rounding).to(ScalarType.Float32));
    }

    public void Dispose()
    {
        foreach (var tensor in Parameters.Values)
            tensor.Dispose();
        frequencies?.Dispose();
    }
}
