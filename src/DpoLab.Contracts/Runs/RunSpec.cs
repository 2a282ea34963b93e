using System.Text.Json.Serialization;

namespace DpoLab.Contracts.Runs;

/// <summary>What to do: written once as <c>spec.json</c> into the run's directory by whoever submits, never changed.</summary>
public sealed record RunSpec
{
    /// <summary>Names the run and its directory; letters, digits and dashes (<see cref="RunIds"/>).</summary>
    public required string Id { get; init; }

    /// <summary>Shown in lists.</summary>
    public required string Name { get; init; }

    /// <summary>Kind, inputs and settings.</summary>
    public required RunParameters Parameters { get; init; }

    /// <summary>The runs whose artifacts this one reads: it can start when they have succeeded.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Needs =>
        [.. Parameters.Inputs().Select(input => input.RunId).OfType<string>().Distinct(StringComparer.Ordinal)];
}

/// <summary>The kinds of run. The JSON discriminator of <see cref="RunParameters"/> is the kebab-case name.</summary>
public enum RunKind
{
    Direction,
    Pairs,
    Dpo,
    Neurons,
    Evaluate,
    Sweep,
    Verify,
    Download,
    Export,
    Rescore,
    DynamicPatch,
    Survive,
    Search,
}

/// <summary>Which definitions made a number (science.md, section 8).</summary>
public enum Protocol
{
    /// <summary>The definitions of the lab.</summary>
    Corrected,

    /// <summary>The behaviour of the reference code, so that published figures can be reproduced.</summary>
    Published,
}

/// <summary>The number format of weights and activations during a run.</summary>
public enum Precision
{
    Fp32,
    Bf16,
}

/// <summary>The settings of one run; the derived record is the kind.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(DirectionParameters), "direction")]
[JsonDerivedType(typeof(PairsParameters), "pairs")]
[JsonDerivedType(typeof(DpoParameters), "dpo")]
[JsonDerivedType(typeof(NeuronsParameters), "neurons")]
[JsonDerivedType(typeof(EvaluateParameters), "evaluate")]
[JsonDerivedType(typeof(SweepParameters), "sweep")]
[JsonDerivedType(typeof(VerifyParameters), "verify")]
[JsonDerivedType(typeof(DownloadParameters), "download")]
[JsonDerivedType(typeof(ExportParameters), "export")]
[JsonDerivedType(typeof(RescoreParameters), "rescore")]
[JsonDerivedType(typeof(DynamicPatchParameters), "dynamic-patch")]
[JsonDerivedType(typeof(SurviveParameters), "survive")]
[JsonDerivedType(typeof(SearchParameters), "search")]
public abstract record RunParameters
{
    /// <summary>The kind that this record describes.</summary>
    [JsonIgnore]
    public abstract RunKind Kind { get; }

    /// <summary>Seeds every random choice of the run: splits, batches, sampling, bootstrap.</summary>
    public int Seed { get; init; }

    /// <summary>Which definitions to compute by.</summary>
    public Protocol Protocol { get; init; } = Protocol.Corrected;

    /// <summary>Number format of weights and activations.</summary>
    public Precision Precision { get; init; } = Precision.Fp32;

    /// <summary>Every folder, file and artifact that the run reads.</summary>
    public abstract IEnumerable<InputRef> Inputs();

    /// <summary>What is wrong with the settings alone (files are looked at on the compute host); empty when nothing is.</summary>
    public IReadOnlyList<FieldError> Validate()
    {
        var check = new FieldChecks();
        Check(check);
        return check.Errors;
    }

    /// <summary>Adds an error for each setting that cannot work, naming the limit and the remedy.</summary>
    protected abstract void Check(FieldChecks check);
}

/// <summary>One setting that cannot work.</summary>
/// <param name="Field">The JSON path of the setting, in camelCase (<c>learningRate</c>).</param>
/// <param name="Message">What is wrong, the limit, and what to do.</param>
public sealed record FieldError(string Field, string Message);
