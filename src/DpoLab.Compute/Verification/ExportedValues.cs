using System.Text.Json;
using DpoLab.Compute.Checkpoints;
using static TorchSharp.torch;

namespace DpoLab.Compute.Verification;

/// <summary>One text of exported values.</summary>
/// <param name="Text">What the ids were made from; null: ids alone are given.</param>
/// <param name="Ids">Its tokens.</param>
/// <param name="Greedy">The tokens that follow greedily, end of text switched off.</param>
/// <param name="SmallestMargin">How far the likeliest token's logit led at the closest step of <paramref name="Greedy"/>.</param>
public sealed record ExportedText(string? Text, int[] Ids, int[] Greedy, double SmallestMargin);

/// <summary>
/// What transformers computed with a model: a folder with <c>values.json</c> (<c>format</c>, <c>model_sha256</c>, <c>dtype</c>, <c>device</c>,
/// <c>versions</c>, <c>layers</c>, <c>texts</c>) and <c>values.safetensors</c> (for text i <c>i.logits</c> of its last positions, and
/// <c>i.resid_post.l</c>, <c>i.mlp_post.l</c> of each named layer at all positions), as the lab's export script writes it.
/// </summary>
public sealed class ExportedValues : IDisposable
{
    /// <summary>Which layout of the folder this is.</summary>
    public const string Format = "dpolab-values-1";

    private readonly SafetensorsFile tensors;

    private ExportedValues(SafetensorsFile tensors) => this.tensors = tensors;

    /// <summary>SHA-256 of the model's files.</summary>
    public required string ModelDigest { get; init; }

    /// <summary>The number format in which they were computed.</summary>
    public required ScalarType Precision { get; init; }

    /// <summary>What computed them, and where: <c>transformers 5.24.0, torch 2.15.0, cpu</c>.</summary>
    public required string MadeBy { get; init; }

    /// <summary>Layers whose values are there.</summary>
    public required IReadOnlyList<int> Layers { get; init; }

    public required IReadOnlyList<ExportedText> Texts { get; init; }

    /// <summary>Reads the folder's description; tensors are read when they are compared.</summary>
    /// <exception cref="InputException">The folder was not written by the script, or a part of it is missing.</exception>
    public static ExportedValues Open(string folder)
    {
        string path = Path.Combine(folder, "values.json");
        if (!File.Exists(path))
            throw new InputException($"{path} is not there. Give the folder that the export script wrote (Models page, Verify).");
        var root = ReferenceJson.Read(path);
        try
        {
            if (root.OptionalText("format") != Format)
                throw new InputException($"the format is '{root.OptionalText("format")}', not {Format}. Export again with the script of this version of the lab.");
            var texts = root.Part("texts").EnumerateArray().Select(Text).ToList();
            if (texts.Count == 0)
                throw new InputException("it holds no text. Export again.");
            string versions = string.Join(", ", root.Part("versions").EnumerateObject().Select(version => $"{version.Name} {version.Value.GetString()}"));
            return new ExportedValues(SafetensorsFile.Open(Path.Combine(folder, "values.safetensors")))
            {
                ModelDigest = root.Part("model_sha256").GetString()!,
                Precision = root.Part("dtype").GetString() switch
                {
                    "float32" => ScalarType.Float32,
                    "bfloat16" => ScalarType.BFloat16,
                    var other => throw new InputException($"the values are of {other}. Export in float32 or bfloat16."),
                },
                MadeBy = $"{versions}, {root.Part("device").GetString()}",
                Layers = root.Part("layers").Deserialize<int[]>()!,
                Texts = texts,
            };
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException || error.GetType() == typeof(InputException))
        {
            throw new InputException($"{path}: {error.Message}", error);
        }
    }

    /// <summary>Values of a text in fp32.</summary>
    public Tensor Load(int text, string what) => tensors.Load($"{text}.{what}", type: ScalarType.Float32);

    /// <inheritdoc/>
    public void Dispose() => tensors.Dispose();

    private static ExportedText Text(JsonElement row) => new(
        row.OptionalText("text"), row.Part("ids").Deserialize<int[]>()!, row.Part("greedy").Deserialize<int[]>()!, row.Part("smallest_margin").GetDouble());
}
