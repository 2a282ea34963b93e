using DpoLab.Contracts.Runs;

namespace DpoLab.Contracts.Results;

/// <summary>A model written as a Hugging Face folder, and how close it is to what it was made of.</summary>
public sealed record ExportResult : RunResult
{
    public required string Model { get; init; }

    public required string ModelDigest { get; init; }

    /// <summary>Of the exported folder, as a model's digest is made.</summary>
    public required string Digest { get; init; }

    public required long WeightBytes { get; init; }

    /// <summary>Weight files.</summary>
    public required int Shards { get; init; }

    /// <summary>Format in which most weights are stored: <c>f32</c>, <c>f16</c>, <c>bf16</c>.</summary>
    public required string StoredPrecision { get; init; }

    /// <summary>What was written into the weights; null: nothing.</summary>
    public Intervention? Intervention { get; init; }

    /// <summary>Neurons whose weights changed; null: none were chosen.</summary>
    public int? Neurons { get; init; }

    /// <summary>True: a LoRA adapter was merged in.</summary>
    public required bool Merged { get; init; }

    public required ExportCheck Check { get; init; }
}

/// <summary>The exported folder, loaded again, against the live model with its adapter and intervention.</summary>
/// <param name="Texts">Texts that both read.</param>
/// <param name="Positions">Token positions compared.</param>
/// <param name="LargestDifference">Largest absolute difference of a logit.</param>
/// <param name="Bound">What it may be: a share of the largest logit that the stored format's rounding explains.</param>
/// <param name="SameTopToken">Share of positions whose most probable token is the same, 0 to 1.</param>
/// <param name="LogitChange">Largest absolute difference of a logit from the plain model: what the export did; 0 where nothing was written in.</param>
public sealed record ExportCheck(int Texts, int Positions, double LargestDifference, double Bound, double SameTopToken, double LogitChange);
