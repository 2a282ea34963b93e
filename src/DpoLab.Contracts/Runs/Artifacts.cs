namespace DpoLab.Contracts.Runs;

/// <summary>The paths below <c>artifacts/</c> by which runs find each other's results.</summary>
public static class Artifacts
{
    /// <summary>direction: a safetensors file with the vector <c>direction</c> [d].</summary>
    public const string Direction = "direction.safetensors";

    /// <summary>pairs: JSONL of prompt, chosen, rejected.</summary>
    public const string Pairs = "pairs.jsonl";

    /// <summary>dpo: the Hugging Face folder with the lowest validation loss.</summary>
    public const string BestModel = "model-best";

    /// <summary>dpo: the Hugging Face folder after the last step.</summary>
    public const string LastModel = "model-last";

    /// <summary>dpo with LoRA: the adapter folder (peft's form) with the lowest validation loss, beside the merged <see cref="BestModel"/>.</summary>
    public const string BestAdapter = "adapter-best";

    /// <summary>dpo with LoRA: the adapter folder after the last step.</summary>
    public const string LastAdapter = "adapter-last";

    /// <summary>export: the Hugging Face folder.</summary>
    public const string Exported = "model";

    /// <summary>neurons: statistics of every neuron, arrays [L·n] in flat order layer·n + i.</summary>
    public const string Neurons = "neurons.safetensors";

    /// <summary>evaluate, sweep: one JSON <c>GenerationRecord</c> a line.</summary>
    public const string Generations = "generations.jsonl";

    /// <summary>evaluate by the RealToxicityPrompts protocol: one JSON <c>GenerationRecord</c> a sampled continuation, by line.</summary>
    public const string Samples = "samples.jsonl";

    /// <summary>evaluate, sweep: one JSON <c>EvaluationRow</c> a line, beside <see cref="Generations"/>.</summary>
    public const string Rows = "rows.jsonl";

    /// <summary>search: everything about its trials and those that it goes on from, a JSON <c>SearchRecord</c>.</summary>
    public const string Search = "search.json";

    /// <summary>dpo: which pairs of the dataset trained and which validated, by index.</summary>
    public const string Split = "split.json";
}

/// <summary>Run ids: short, sortable by nothing, safe as folder names and in addresses.</summary>
public static class RunIds
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    /// <summary>A new id such as <c>r-7k2m9x4q</c>.</summary>
    public static string New() => "r-" + System.Security.Cryptography.RandomNumberGenerator.GetString(Alphabet, 8);

    /// <summary>True for ids that may name a directory.</summary>
    public static bool IsValid(string? id) =>
        id is { Length: > 2 and <= 64 } && id.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && id[0] != '-';
}
