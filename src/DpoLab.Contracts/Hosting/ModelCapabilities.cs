namespace DpoLab.Contracts.Hosting;

/// <summary>What a folder says about the things that not every model can do.</summary>
/// <param name="Gated">The activation multiplies a second projection.</param>
/// <param name="OutputBias">The MLP's output projection has a bias.</param>
/// <param name="EndsText">Tokenizer or configuration names an end of text.</param>
/// <param name="NamesPadding">The tokenizer names a pad token or an end of text.</param>
/// <param name="LinearLayers">Last parts of the names of the linear layers, which LoRA can adapt.</param>
public sealed record ModelTraits(bool Gated, bool OutputBias, bool EndsText, bool NamesPadding, IReadOnlyList<string> LinearLayers);

/// <summary>One thing that a model can or cannot do.</summary>
/// <param name="Name">As people read it.</param>
/// <param name="WhyNot">Null: it can.</param>
/// <param name="Note">What to know about how it does it; null: nothing.</param>
public sealed record ModelCapability(string Name, string? WhyNot, string? Note = null)
{
    public bool Can => WhyNot is null;
}

/// <summary>What a model can do, by family, tokenizer, length and device.</summary>
public static class ModelCapabilities
{
    /// <summary>Positions to which the published probe pads.</summary>
    private const int ProbeWidth = 128;

    /// <summary>Everything that is worth saying of it, what every model can do first.</summary>
    /// <param name="model">What its folder holds.</param>
    /// <param name="device">The first device of its service; null: not known.</param>
    /// <returns>Empty for a report of an older version, which lacks the facts: inspect the folder again.</returns>
    public static IReadOnlyList<ModelCapability> Of(ModelReport model, DeviceReport? device = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Role == "classifier")
            return [new("Score texts for toxicity", null), new("Be tuned, measured, intervened on", ModelRefusals.Writing(decoder: false))];
        if (model.Traits is not { } traits)
            return [];
        string on = device?.Name ?? "the device";
        return
        [
            new("Generate, evaluate, measure neurons", null, traits.EndsText ? null : "It names no end of text: every answer is as long as the new tokens allow."),
            new("Compute in fp32", ModelRefusals.Memory(model.Parameters, sizeof(float), device?.MemoryBytes, on)),
            new("Compute in bf16", ModelRefusals.Memory(model.Parameters, sizeof(short), device?.MemoryBytes, on), "Half the memory; interventions are judged at fp32."),
            new("Patch, ablate, edit, steer while it generates", null),
            new("Scale keys", null, traits.Gated ? "Acts on gate_proj: the key is what goes through the activation." : null),
            new("DPO on all weights, or on some neurons", null),
            new("DPO with LoRA", null, $"On {string.Join(", ", traits.LinearLayers)}."),
            new("DPO by the published protocol", ModelRefusals.PublishedDpo(traits.NamesPadding)),
            new("Probe by the published protocol", ModelRefusals.PublishedProbe(ProbeWidth, model.ContextLength)),
            new("Export live edits, scaling, scaled keys", null),
            new("Export patches, shifts, constants, steering", ModelRefusals.Adding(traits.OutputBias, model.Family)),
            new("Export steering by the stream’s norm", ModelRefusals.SteeringByNorm),
        ];
    }
}
