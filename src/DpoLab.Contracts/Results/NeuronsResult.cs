using DpoLab.Contracts.Runs;

namespace DpoLab.Contracts.Results;

/// <summary>What DPO did to every neuron, summed up.</summary>
public sealed record NeuronsResult : RunResult
{
    public required int Layers { get; init; }

    public required int NeuronsPerLayer { get; init; }

    /// <summary>Tokens that entered the means, base and tuned.</summary>
    public required long BaseTokens { get; init; }

    public required long TunedTokens { get; init; }

    public required int Prompts { get; init; }

    /// <summary>What the models read.</summary>
    public NeuronReading Reading { get; init; }

    /// <summary>By the change of the projection, in the order TP, AN, TN, AP.</summary>
    public required IReadOnlyList<GroupSummary> Groups { get; init; }

    /// <summary>By the change of the activation (the notebooks' rule), in the same order.</summary>
    public required IReadOnlyList<GroupSummary> GroupsByActivation { get; init; }

    /// <summary>Neurons whose cosine, activation before or Δproj is 0, or whose Δproj is not finite.</summary>
    public required int Zeros { get; init; }

    /// <summary>Σ of the reductions of the four groups.</summary>
    public required double TotalReduction { get; init; }

    /// <summary>−Σ Δproj over all neurons.</summary>
    public required double NetReduction { get; init; }

    public required CumulativeReduction Cumulative { get; init; }

    public required IReadOnlyList<LayerProjection> ByLayer { get; init; }

    /// <summary>What the k most toxic-aligned neurons explain.</summary>
    public required IReadOnlyList<TopToxicShare> TopToxic { get; init; }

    /// <summary>Percent change of the mean activation.</summary>
    public required IReadOnlyList<ActivationChange> ActivationChanges { get; init; }

    /// <summary>Pearson r of the activation's fall with the cosine, and with the activation before.</summary>
    public required double CorrelationWithCosine { get; init; }

    public required double CorrelationWithActivation { get; init; }

    /// <summary>The most toxic-aligned neurons, by cosine.</summary>
    public required IReadOnlyList<NeuronSummary> MostToxic { get; init; }

    /// <summary>The neurons of largest reduction.</summary>
    public required IReadOnlyList<NeuronSummary> StrongestReductions { get; init; }

    /// <summary>Largest difference of Σ proj + bias·ŵ from the projection of <c>mlp_out</c>, over layers: the self-check.</summary>
    public required double ProjectionCheck { get; init; }
}

/// <summary>One group: what DPO lowered, and what moved against it.</summary>
public sealed record GroupSummary
{
    public required NeuronGroup Group { get; init; }

    /// <summary>Neurons of the quadrant, lowered and raised.</summary>
    public required int Total { get; init; }

    /// <summary>Neurons of the group proper.</summary>
    public required int Lowered { get; init; }

    /// <summary>Σ −Δproj over the lowered.</summary>
    public required double Reduction { get; init; }

    /// <summary>Of the reduction of all four groups, 0 to 1.</summary>
    public required double Share { get; init; }

    public required int Raised { get; init; }

    /// <summary>Σ Δproj over the counter-movers.</summary>
    public required double CounterMovement { get; init; }
}

/// <summary>The share of the reduction that the strongest neurons reach.</summary>
public sealed record CumulativeReduction
{
    /// <summary>Number of neurons at each point, increasing.</summary>
    public required IReadOnlyList<int> Neurons { get; init; }

    /// <summary>Share reached, 0 to 1.</summary>
    public required IReadOnlyList<double> Share { get; init; }

    /// <summary>Smallest number of neurons that reaches 50 %, 75 %, 99 %.</summary>
    public required IReadOnlyList<int> Marks { get; init; }
}

/// <summary>One layer's MLP output along the direction.</summary>
public sealed record LayerProjection
{
    public required int Layer { get; init; }

    public required double Before { get; init; }

    public required double After { get; init; }

    /// <summary>Δproj of each group's lowered neurons, in the order TP, AN, TN, AP.</summary>
    public required IReadOnlyList<double> GroupChange { get; init; }

    /// <summary>Δproj of all counter-movers.</summary>
    public required double CounterChange { get; init; }
}

public sealed record TopToxicShare(int K, int Lowered, double Share);

/// <summary>Percent change of mean activations within the 10 % and 90 % quantiles.</summary>
/// <param name="Group">Null: all neurons.</param>
/// <param name="Mean">Percent.</param>
/// <param name="StandardDeviation">Sample SD, percent.</param>
/// <param name="Low">10 % quantile.</param>
/// <param name="High">90 % quantile.</param>
/// <param name="Count">Neurons within.</param>
public sealed record ActivationChange(NeuronGroup? Group, double Mean, double StandardDeviation, double Low, double High, int Count);

/// <summary>One neuron's numbers.</summary>
public sealed record NeuronSummary
{
    public required int Layer { get; init; }

    public required int Neuron { get; init; }

    public NeuronGroup? Group { get; init; }

    public required double Cosine { get; init; }

    public required double ActivationBefore { get; init; }

    public required double ActivationAfter { get; init; }

    public required double ProjectionBefore { get; init; }

    public required double ProjectionAfter { get; init; }

    public IReadOnlyList<LensToken>? Promoted { get; init; }
}
