using DpoLab.Contracts.Runs;

namespace DpoLab.Web.Tests.Lab;

/// <summary>Runs to submit.</summary>
internal static class Specs
{
    public static readonly InputRef Model = InputRef.OfPath("/models/small", "small");

    public static RunSpec Of(RunParameters parameters, string? id = null) => new() { Id = id ?? RunIds.New(), Name = "A run", Parameters = parameters };

    public static DirectionParameters Direction() => new() { Model = Model, Method = DirectionMethod.EmbeddingDifference };

    /// <summary>A run that needs other runs: it reads their directions one after another.</summary>
    public static EvaluateParameters Needing(params string[] runs) => new()
    {
        Model = Model,
        Data = Data(),
        Variants = [.. runs.Select(run => new EvaluationVariant
        {
            Name = "minus " + run,
            Intervention = new SteerIntervention { Strength = 1, Direction = InputRef.OfArtifact(run, Artifacts.Direction) },
        })],
    };

    public static EvaluationData Data() => new()
    {
        Prompts = new DatasetRef(InputRef.OfPath("/data/prompts.jsonl", "prompts")),
        Text = new DatasetRef(InputRef.OfPath("/data/text.txt", "text")),
        Scorer = InputRef.OfPath("/models/scorer", "scorer"),
    };
}
