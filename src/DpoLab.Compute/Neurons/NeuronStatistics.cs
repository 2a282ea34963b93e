namespace DpoLab.Compute.Neurons;

/// <summary>What one model's MLP neurons did over the counted tokens (science.md, section 5).</summary>
/// <remarks>Arrays are [layers · neurons a layer] in flat order layer·n + i.</remarks>
public sealed record ModelStatistics
{
    public required int Layers { get; init; }

    public required int NeuronsPerLayer { get; init; }

    /// <summary>Tokens that entered the means.</summary>
    public required long Tokens { get; init; }

    /// <summary>m_i: mean activation.</summary>
    public required double[] Activation { get; init; }

    /// <summary>Population variance of the activation.</summary>
    public required double[] Variance { get; init; }

    /// <summary>Cosine of the value vector with the direction.</summary>
    public required double[] Cosine { get; init; }

    /// <summary>Mean of what the neuron writes to the residual stream, along ŵ.</summary>
    public required double[] Projection { get; init; }

    /// <summary>[layers] mean of the layer's <c>mlp_out</c> along ŵ.</summary>
    public required double[] MlpProjection { get; init; }

    /// <summary>Largest difference of Σ proj + bias·ŵ from <see cref="MlpProjection"/> over layers, relative to max(1, |value|); NaN: not defined.</summary>
    public required double ProjectionCheck { get; init; }
}

/// <summary>A base model and its tuned partner, neuron by neuron: what groups, patches and edits are decided from.</summary>
/// <remarks>Arrays are [layers · neurons a layer] in flat order layer·n + i.</remarks>
public sealed record NeuronStatistics
{
    public required int Layers { get; init; }

    public required int NeuronsPerLayer { get; init; }

    /// <summary>Of the base model's value vectors with the direction.</summary>
    public required double[] Cosine { get; init; }

    public required double[] ActivationBefore { get; init; }

    public required double[] ActivationAfter { get; init; }

    public required double[] VarianceBefore { get; init; }

    public required double[] VarianceAfter { get; init; }

    public required double[] ProjectionBefore { get; init; }

    public required double[] ProjectionAfter { get; init; }

    /// <summary>All neurons of the model.</summary>
    public int Count => Layers * NeuronsPerLayer;

    /// <summary>Δproj of a neuron: after − before; negative where DPO lowered its push towards toxicity.</summary>
    public double ProjectionChange(int neuron) => ProjectionAfter[neuron] - ProjectionBefore[neuron];

    /// <summary>Δact of a neuron: after − before.</summary>
    public double ActivationChange(int neuron) => ActivationAfter[neuron] - ActivationBefore[neuron];

    /// <summary>Joins the statistics of the two models.</summary>
    /// <exception cref="ArgumentException">The models differ in shape.</exception>
    public static NeuronStatistics Of(ModelStatistics before, ModelStatistics after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        if (before.Layers != after.Layers || before.NeuronsPerLayer != after.NeuronsPerLayer)
        {
            throw new ArgumentException(
                $"The base model has {before.Layers} layers of {before.NeuronsPerLayer} neurons, the tuned one {after.Layers} of "
                + $"{after.NeuronsPerLayer}. Choose a model that was tuned from this base model.",
                nameof(after));
        }

        return new NeuronStatistics
        {
            Layers = before.Layers,
            NeuronsPerLayer = before.NeuronsPerLayer,
            Cosine = before.Cosine,
            ActivationBefore = before.Activation,
            ActivationAfter = after.Activation,
            VarianceBefore = before.Variance,
            VarianceAfter = after.Variance,
            ProjectionBefore = before.Projection,
            ProjectionAfter = after.Projection,
        };
    }
}
