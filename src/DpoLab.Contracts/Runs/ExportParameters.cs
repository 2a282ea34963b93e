using System.Text.Json.Serialization;

namespace DpoLab.Contracts.Runs;

/// <summary>The number format in which an exported model is stored.</summary>
public enum StoredFormat
{
    /// <summary>Each tensor as in the folder that the model comes from.</summary>
    Kept,
    Fp32,
    Fp16,
    Bf16,
}

/// <summary>
/// Writes a model, with an adapter merged in and an intervention written into its weights, as an ordinary Hugging Face folder, loads that again and
/// compares its logits with the live model's.
/// </summary>
public sealed record ExportParameters : RunParameters
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override RunKind Kind => RunKind.Export;

    public required InputRef Model { get; init; }

    /// <summary>A LoRA adapter of the model (peft's form), merged into the weights.</summary>
    public InputRef? Adapter { get; init; }

    /// <summary>Null: the model as it is. Weights act at every position, whatever the scope.</summary>
    public Intervention? Intervention { get; init; }

    /// <summary>Statistics that the intervention's neurons are read from (<see cref="Artifacts.Neurons"/>).</summary>
    public InputRef? Neurons { get; init; }

    public StoredFormat Format { get; init; } = StoredFormat.Kept;

    /// <summary>Largest weight file, megabytes; a larger model is written in shards with an index.</summary>
    public int ShardMegabytes { get; init; } = 5000;

    /// <summary>The texts on which the folder is compared with the live model.</summary>
    public IReadOnlyList<string> Texts { get; init; } =
        ["The weather today is", "I can’t believe that you", "In a shocking finding, scientists discovered", "def main():\n    return 42"];

    /// <inheritdoc/>
    public override IEnumerable<InputRef> Inputs() =>
        [.. new[] { Model, Adapter, Neurons }.OfType<InputRef>(), .. Intervention?.Inputs() ?? []];

    /// <inheritdoc/>
    protected override void Check(FieldChecks check)
    {
        ArgumentNullException.ThrowIfNull(check);
        check.Chosen(Model, "model", "model");
        check.Within(ShardMegabytes, 1, 1_000_000, "shardMegabytes", "5000 is usual.");
        check.Require(Texts.Any(text => text.Length > 0), "texts", "No text to compare the folder on. Give at least one.");
        check.Require(
            Precision is Precision.Fp32 || Format is StoredFormat.Bf16,
            "precision",
            "Computing in bf16 would round weights that are stored wider. Compute in fp32, or store bf16.");
        InterventionChecks.Check(check, Intervention, Neurons, "intervention");
        if (Intervention is SteerIntervention { Unit: SteeringUnit.StreamNorm })
            check.Require(false, "intervention.unit", "Steering by the stream’s norm depends on the text at each position, which no weight can say. Use raw strength.");
    }
}
