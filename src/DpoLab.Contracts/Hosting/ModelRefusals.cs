using DpoLab.Contracts.Runs;

namespace DpoLab.Contracts.Hosting;

/// <summary>
/// Why a model cannot do something, in the words that runs refuse it with; null: it can. Runs ask with what they have loaded, forms and the Models page
/// with what a folder's inspection reported, so the reason is the same before and after.
/// </summary>
public static class ModelRefusals
{
    /// <summary>Writing steering by the stream's norm into weights: no family can.</summary>
    public const string SteeringByNorm = "Steering by the stream's norm depends on the text at each position, which no weight can say. Use raw strength.";

    /// <summary>Writing what adds into the weights: patches, constants, shifts, raw steering.</summary>
    public static string? Adding(bool outputBias, string family) => outputBias ? null
        : $"{family} has no bias on the MLP's output, and a constant, a shift or steering adds the same vector at every position, which needs one. Use a live edit, scaling or scaled keys.";

    /// <summary>Taking live values from a model while another generates.</summary>
    /// <param name="same">Both are one folder.</param>
    /// <param name="tuned">Name of the model that the values come from.</param>
    public static string? LiveValues(bool same, string tuned) => !same ? null
        : $"{tuned} is the base model itself, so patching would change nothing. Choose the model that was tuned from it.";

    /// <summary>The same, of what a spec says.</summary>
    public static string? LiveValues(InputRef model, InputRef tuned)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tuned);
        return LiveValues(model.IsSameAs(tuned), tuned.Name);
    }

    /// <summary>DPO by the published protocol.</summary>
    public static string? PublishedDpo(bool namesPadding) => namesPadding ? null
        : "The published protocol scores padding too, and this model's tokenizer names neither a pad token nor an end of text.";

    /// <summary>A probe by the published protocol.</summary>
    public static string? PublishedProbe(int width, int context) => width <= context ? null
        : $"The published probe pads texts to {width} tokens, the model reads {context}. Lower the cut, or use the corrected protocol.";

    /// <summary>A window of perplexity.</summary>
    public static string? Window(int? window, int context) => window is null || window <= context ? null
        : $"A window of {window} tokens is longer than the model's {context} positions. Enter at most {context}.";

    /// <summary>A LoRA adapter on layers of a name.</summary>
    /// <param name="target">Last part, or whole name, of the layers.</param>
    /// <param name="family">The model's.</param>
    /// <param name="layers">Last parts of the names of its linear layers.</param>
    /// <param name="known">Whether the target names one.</param>
    public static string? LoraTarget(string target, string family, IEnumerable<string> layers, bool known) => known ? null
        : $"LoRA target '{target}' names no linear layer of this {family} model. It has: {string.Join(", ", layers)}.";

    /// <summary>Everything that a model of words does: a scorer only judges.</summary>
    public static string? Writing(bool decoder) => decoder ? null
        : "A scorer judges texts and writes none: it cannot be tuned, measured or intervened on. Choose a GPT-2, GPT-NeoX, Llama, Mistral, Gemma 2 or Qwen folder.";

    /// <summary>Its weights on a device.</summary>
    /// <param name="parameters">Numbers in the weights.</param>
    /// <param name="bytesEach">Of one number.</param>
    /// <param name="deviceBytes">Null: not known.</param>
    /// <param name="device">Its name.</param>
    public static string? Memory(long parameters, int bytesEach, long? deviceBytes, string device) => deviceBytes is not > 0 || parameters * bytesEach <= deviceBytes ? null
        : $"The weights alone take {parameters * bytesEach / 1e9:0.0} GB, and {device} has {deviceBytes / 1e9:0.0} GB. Use bf16 where that is enough, or a service with a larger device.";
}
