using System.Text.Json.Serialization;
using DpoLab.Contracts.Runs;

namespace DpoLab.Contracts.Results;

/// <summary>The content of <c>result.json</c>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(DirectionResult), "direction")]
[JsonDerivedType(typeof(PairsResult), "pairs")]
[JsonDerivedType(typeof(DpoResult), "dpo")]
[JsonDerivedType(typeof(NeuronsResult), "neurons")]
[JsonDerivedType(typeof(EvaluateResult), "evaluate")]
[JsonDerivedType(typeof(SweepResult), "sweep")]
[JsonDerivedType(typeof(VerifyResult), "verify")]
[JsonDerivedType(typeof(DownloadResult), "download")]
[JsonDerivedType(typeof(ExportResult), "export")]
[JsonDerivedType(typeof(DynamicPatchResult), "dynamic-patch")]
[JsonDerivedType(typeof(SurviveResult), "survive")]
[JsonDerivedType(typeof(SearchResult), "search")]
public abstract record RunResult;

/// <summary>A mean with its interval.</summary>
/// <param name="Mean">The mean over <paramref name="Count"/> values.</param>
/// <param name="Low">Lower end of the 95 % bootstrap interval.</param>
/// <param name="High">Upper end.</param>
/// <param name="Count">Values that entered.</param>
/// <param name="Missing">Values that could not be had and did not enter.</param>
public sealed record Estimate(double Mean, double Low, double High, int Count, int Missing = 0);

/// <summary>A token that a vector promotes or suppresses through the logit lens.</summary>
public sealed record LensToken(int Id, string Text, double Logit);

/// <summary>A toxicity direction.</summary>
public sealed record DirectionResult : RunResult
{
    public required DirectionMethod Method { get; init; }

    public required int Width { get; init; }

    public required double Norm { get; init; }

    /// <summary>Cosine with the direction that it was to be compared with; null: with none.</summary>
    public double? Cosine { get; init; }

    /// <summary>Null for methods without a classifier.</summary>
    public ProbeReport? Probe { get; init; }

    public required IReadOnlyList<LensToken> Promoted { get; init; }

    public required IReadOnlyList<LensToken> Suppressed { get; init; }

    /// <summary>SVD: singular values, largest first.</summary>
    public IReadOnlyList<double>? SingularValues { get; init; }

    /// <summary>Texts that entered, by label 0 and 1.</summary>
    public IReadOnlyList<int>? TextsByLabel { get; init; }
}

/// <summary>How well the probe separates held-out comments.</summary>
public sealed record ProbeReport
{
    public required double Accuracy { get; init; }

    public required double BalancedAccuracy { get; init; }

    public required double F1 { get; init; }

    public required double RocAuc { get; init; }

    public required double Intercept { get; init; }

    /// <summary>True negatives, false positives, false negatives, true positives.</summary>
    public required IReadOnlyList<int> Confusion { get; init; }

    public required int Iterations { get; init; }

    /// <summary>Largest entry of the gradient at the end.</summary>
    public required double GradientMax { get; init; }

    /// <summary>False when the iteration cap was hit first.</summary>
    public required bool Converged { get; init; }

    public required int TrainingTexts { get; init; }

    public required int ValidationTexts { get; init; }
}

/// <summary>Preference pairs.</summary>
public sealed record PairsResult : RunResult
{
    public required int Pairs { get; init; }

    /// <summary>Model source: prompts whose two answers were not far enough apart.</summary>
    public required int Discarded { get; init; }

    public Estimate? ChosenToxicity { get; init; }

    public Estimate? RejectedToxicity { get; init; }
}

/// <summary>A DPO training.</summary>
public sealed record DpoResult : RunResult
{
    public required long Steps { get; init; }

    public required long BestStep { get; init; }

    public required double BestValidationLoss { get; init; }

    public required double LastTrainingLoss { get; init; }

    public required double ValidationAccuracy { get; init; }

    public required double ValidationMargin { get; init; }

    /// <summary>Mean KL(p_ref ‖ p_π) a token over validation responses, chosen plus rejected side, in nats.</summary>
    public required double ValidationKl { get; init; }

    /// <summary>The loss before the first step, which must be the loss's known value.</summary>
    public required double StepZeroLoss { get; init; }

    public required double StepZeroKl { get; init; }

    public required bool StoppedEarly { get; init; }

    public required int TrainingPairs { get; init; }

    public required int ValidationPairs { get; init; }

    public required double TokensPerSecond { get; init; }
}
