using DpoLab.Contracts.Runs;

namespace DpoLab.Web.Models;

/// <summary>How a model's verification came out: what stands beside the model and beside its numbers.</summary>
public sealed record ParityBadge
{
    /// <summary>The run that verified it.</summary>
    public required string RunId { get; init; }

    /// <summary>The compute service on which the files lay.</summary>
    public required string Service { get; init; }

    public required InputRef Model { get; init; }

    /// <summary>SHA-256 of the files that it holds for.</summary>
    public required string ModelDigest { get; init; }

    /// <summary>What computed the values that it was compared with; null: it was checked by itself.</summary>
    public string? Against { get; init; }

    /// <summary>Whether every comparison was within its bound.</summary>
    public required bool Agrees { get; init; }

    /// <summary>The largest difference; null: a number was missing or none.</summary>
    public double? Difference { get; init; }

    public required int Comparisons { get; init; }

    public required Precision Precision { get; init; }

    public required string Device { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>True: the files are others now, so it says nothing about them.</summary>
    public bool IsStale { get; init; }

    /// <summary>The tag's words: <c>parity 1.9e-6</c>, <c>self-checked</c>.</summary>
    public string Text => (IsStale, Agrees, Against) switch
    {
        (true, _, _) => "changed since verified",
        (_, true, null) => "self-checked",
        (_, false, null) => "self-check failed",
        _ => $"parity {(Difference is { } difference ? Shell.Numbers.Short(difference) : "not a number")}",
    };

    /// <summary>What it says, in a sentence.</summary>
    public string Sentence => Against is { } other
        ? $"{Comparisons} comparisons with {other}: {(Agrees ? "all" : "not all")} are within their bounds"
        : $"{Comparisons} checks of the model by itself: {(Agrees ? "all" : "not all")} hold; not compared with another implementation";
}
