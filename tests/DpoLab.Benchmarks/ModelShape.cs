using DpoLab.Tests;

namespace DpoLab.Benchmarks;

/// <summary>The sizes of a GPT-2 with random weights.</summary>
internal sealed record ModelShape(string Name, int Layers, int Width, int Heads, int Vocabulary)
{
    public static ModelShape[] All { get; } =
    [
        new("medium", 24, 1024, 16, 50257), new("small", 12, 768, 12, 50257), new("tiny", 3, 128, 4, 2000),
    ];

    public string Description => $"GPT-2-{Name} shape: {Layers} layers, width {Width}, {Vocabulary} words";

    public string Configuration => SyntheticModel.Gpt2(Layers, Width, Heads, Vocabulary);
}
