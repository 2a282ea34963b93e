using DpoLab.Contracts.Runs;

namespace DpoLab.Web.Runs;

/// <summary>A run as the API takes it in.</summary>
public sealed record RunRequest
{
    /// <summary>Null: a new one.</summary>
    public string? Id { get; init; }

    /// <summary>Shown in lists.</summary>
    public required string Name { get; init; }

    /// <summary>Kind, inputs and settings.</summary>
    public required RunParameters Parameters { get; init; }

    /// <summary>Null: where its inputs are, or the first compute service.</summary>
    public string? Service { get; init; }

    /// <summary>The study that it becomes part of.</summary>
    public string? Study { get; init; }

    internal RunSpec ToSpec() => new() { Id = Id ?? RunIds.New(), Name = Name, Parameters = Parameters };
}
