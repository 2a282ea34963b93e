using static TorchSharp.torch;

namespace DpoLab.Compute.Models;

/// <summary>The named points of a layer at which values can be looked at and changed. The names follow TransformerLens.</summary>
public enum HookPoint
{
    /// <summary>Neuron activations, the input of the MLP's output projection: <c>[B, T, n]</c>.</summary>
    MlpPost,

    /// <summary>The output of the MLP's output projection, before Gemma 2's post-norm; elsewhere the same as <see cref="MlpOut"/>: <c>[B, T, D]</c>.</summary>
    MlpRaw,

    /// <summary>What the MLP adds to the residual stream: <c>[B, T, D]</c>.</summary>
    MlpOut,

    /// <summary>The residual stream after the layer's attention, to which the MLP is about to add: <c>[B, T, D]</c>.</summary>
    ResidMid,

    /// <summary>The residual stream after the layer: <c>[B, T, D]</c>.</summary>
    ResidPost,
}

/// <summary>Looks at a value of the forward pass and returns the one to go on with: the same tensor if nothing changes.</summary>
/// <param name="value">The value at the point. It must not be changed in place; it is only good until the hook returns.</param>
/// <param name="context">Which layer and which positions it belongs to.</param>
public delegate Tensor Hook(Tensor value, ForwardContext context);
