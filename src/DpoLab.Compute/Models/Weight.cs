using static TorchSharp.torch;

namespace DpoLab.Compute.Models;

/// <summary>One named weight of a decoder: what a family says it is called and how it is shaped, and, once loaded, its tensor.</summary>
/// <param name="name">The name in transformers' state dictionary.</param>
/// <param name="shape">The shape that the configuration implies.</param>
public sealed class Weight(string name, params long[] shape)
{
    private Tensor? value;

    public string Name { get; } = name;

    public IReadOnlyList<long> Shape { get; } = shape;

    /// <summary>The live tensor: trained in place, read by the forward pass.</summary>
    public Tensor Value
    {
        get => value ?? throw new InvalidOperationException($"'{Name}' is not loaded.");
        internal set => this.value = value;
    }
}
