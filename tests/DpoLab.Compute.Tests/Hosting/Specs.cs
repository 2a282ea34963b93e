using DpoLab.Contracts.Runs;
using DpoLab.Tests;

namespace DpoLab.Compute.Tests.Hosting;

/// <summary>Small real runs over the demo's model and data.</summary>
internal static class Specs
{
    public static InputRef Model => InputRef.OfPath(Repository.Demo("base-model"));

    /// <summary>A direction from the unembedding alone: done in a second.</summary>
    public static RunSpec Direction(string id) => new()
    {
        Id = id,
        Name = id,
        Parameters = new DirectionParameters { Model = Model, Method = DirectionMethod.EmbeddingDifference },
    };
}
