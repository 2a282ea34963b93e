using System.Text.Json.Serialization;
using DpoLab.Contracts.Runs;

namespace DpoLab.Contracts.Results;

/// <summary>A model compared with another implementation's values, or with itself: what its parity badge says.</summary>
public sealed record VerifyResult : RunResult
{
    public required string Model { get; init; }

    /// <summary>SHA-256 of the model's files. The result holds for these files alone.</summary>
    public required string ModelDigest { get; init; }

    /// <summary>What computed the values that it was compared with; null: nothing did, the model was checked by itself.</summary>
    public string? Against { get; init; }

    /// <summary>SHA-256 of those values.</summary>
    public string? ValuesDigest { get; init; }

    public required Precision Precision { get; init; }

    public required string Device { get; init; }

    /// <summary>Everything that was compared.</summary>
    public required IReadOnlyList<VerifiedItem> Items { get; init; }

    /// <summary>Whether every comparison is within its bound.</summary>
    [JsonIgnore]
    public bool Agrees => Items.Count > 0 && Items.All(item => item.IsRight);

    /// <summary>The largest difference of a number; null when one is missing or not a number. Equalities do not count here.</summary>
    [JsonIgnore]
    public double? Difference
    {
        get
        {
            VerifiedItem[] numbers = [.. Items.Where(item => item.Bound > 0)];
            return numbers.Length > 0 && numbers.All(item => item.Largest is not null) ? numbers.Max(item => item.Largest) : null;
        }
    }
}

/// <summary>One thing that was compared.</summary>
/// <param name="What">What, in a few words.</param>
/// <param name="Largest">The largest difference, or how many differ where only equality counts; null: it could not be had, or is not a number.</param>
/// <param name="Bound">The largest that is right; 0 where only equality counts.</param>
/// <param name="Detail">What differs or went wrong, for a person; null when nothing did.</param>
public sealed record VerifiedItem(string What, double? Largest, double Bound, string? Detail = null)
{
    /// <summary>Whether it is within its bound.</summary>
    [JsonIgnore]
    public bool IsRight => Largest <= Bound;
}
