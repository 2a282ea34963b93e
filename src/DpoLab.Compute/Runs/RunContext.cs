using DpoLab.Contracts.Runs;
using static TorchSharp.torch;

namespace DpoLab.Compute.Runs;

/// <summary>What a run has at hand while it executes.</summary>
internal sealed record RunContext
{
    public required RunSpec Spec { get; init; }

    public required RunDirectory Directory { get; init; }

    public required InputResolver Inputs { get; init; }

    /// <summary>Digests of the inputs, by name.</summary>
    public required IReadOnlyDictionary<string, string> Digests { get; init; }

    public required RunReport Report { get; init; }

    public required ArtifactWriter Artifacts { get; init; }

    public required Device Device { get; init; }

    public required CancellationToken Cancellation { get; init; }

    /// <summary>Number format of weights and activations.</summary>
    public ScalarType Precision => Spec.Parameters.Precision is Contracts.Runs.Precision.Bf16 ? ScalarType.BFloat16 : ScalarType.Float32;
}
