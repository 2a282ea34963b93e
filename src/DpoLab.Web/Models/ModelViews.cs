using System.Text.Json.Serialization;
using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Runs;

namespace DpoLab.Web.Models;

/// <summary>A model that runs can read: added by folder, or made by a run.</summary>
public sealed record ModelView
{
    /// <summary>Null for models that a run made.</summary>
    public int? Id { get; init; }

    public required string Name { get; init; }

    public required string Service { get; init; }

    /// <summary><c>decoder</c> or <c>classifier</c>.</summary>
    public required string Role { get; init; }

    /// <summary>What a run's spec says to read it.</summary>
    public required InputRef Ref { get; init; }

    /// <summary>What its folder holds; null for models that a run made.</summary>
    public ModelReport? Report { get; init; }

    /// <summary>What the folder holds that a run made it from; null for added models, and where that folder is not on the list any more.</summary>
    public ModelReport? BaseReport { get; init; }

    /// <summary>Family, sizes and tokenizer; digest and stored weights are those of the base where a run made it.</summary>
    [JsonIgnore]
    public ModelReport? Shape => Report ?? BaseReport;

    /// <summary>How its verification came out; null: it was not verified.</summary>
    public ParityBadge? Parity { get; init; }

    /// <summary>The run that made it.</summary>
    public string? RunId { get; init; }

    /// <summary>The model that it was tuned from, as its pair.</summary>
    public string? BaseName { get; init; }

    public string Note { get; init; } = "";

    public string? AddedBy { get; init; }

    public required DateTimeOffset AddedAt { get; init; }
}
