using DpoLab.Contracts.Runs;
using DpoLab.Tests;

namespace DpoLab.Compute.Tests.Hosting;

/// <summary>Small real runs over the demo's model and data.</summary>
internal static class Specs
{
    public static InputRef Model => InputRef.OfPath(Repository.Demo("base-model"));

    public static DatasetRef Pairs => new(InputRef.OfPath(Repository.Demo("pairs.jsonl")), Limit: 80);

    /// <summary>A direction from the unembedding alone: done in a second.</summary>
    public static RunSpec Direction(string id, InputRef? model = null) =>
        Of(id, new DirectionParameters { Model = model ?? Model, Method = DirectionMethod.EmbeddingDifference });

    /// <summary>A mean difference, which reads a dataset.</summary>
    public static RunSpec MeanDifference(string id, InputRef comments, int maxTokens = 128) => Of(
        id,
        new DirectionParameters { Model = Model, Method = DirectionMethod.MeanDifference, Comments = new DatasetRef(comments), MaxTokens = maxTokens });

    /// <summary>A training of some seconds, long enough to be killed in its middle.</summary>
    public static RunSpec Dpo(string id, int steps = 60) => Of(id, DpoParameters(steps));

    public static DpoParameters DpoParameters(int steps) => new()
    {
        Model = Model,
        Pairs = Pairs,
        Steps = steps,
        BatchSize = 2,
        LearningRate = 3e-6,
        WarmupSteps = 10,
        ValidationPairs = 4,
        ValidateEvery = 40,
        Patience = 1000,
        CheckpointEvery = 10,
        SampleAnswers = 0,
        MaxPromptTokens = 16,
        MaxResponseTokens = 16,
    };

    public static RunSpec Of(string id, RunParameters parameters) => new() { Id = id, Name = id, Parameters = parameters };
}
