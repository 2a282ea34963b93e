using System.Text.Json;
using DpoLab.Compute.Models;
using static TorchSharp.torch;

namespace DpoLab.Compute.Training;

/// <summary>
/// Batches and gradients as the reference code makes them (science.md, section 8): prompts padded on the left, responses on the
/// right, the shorter block filled with id 0, positions 0 … T − 1, prompt and padding scored with the response.
/// </summary>
internal static class PublishedBatch
{
    // The one label that the reference code leaves out: GPT-2's end of text, whatever the model.
    private const int MaskedLabel = 50256;
    private const int FillId = 0;
    private const string InputEmbedding = "model.embed_tokens.weight";

    /// <summary>The batch; the prompt holds its BOS, and so do the responses where the tokenizer puts one.</summary>
    public static ScoredBatch Of(IReadOnlyList<PreferencePair> pairs, int padToken, Device device)
    {
        int promptWidth = pairs.Max(p => p.Prompt.Length);
        int chosenWidth = pairs.Max(p => p.Chosen.Length), rejectedWidth = pairs.Max(p => p.Rejected.Length);
        int width = promptWidth + Math.Max(chosenWidth, rejectedWidth);
        int[][] rows =
        [
            .. pairs.Select(p => Row(p.Prompt, p.Chosen, promptWidth, chosenWidth, width, padToken)),
            .. pairs.Select(p => Row(p.Prompt, p.Rejected, promptWidth, rejectedWidth, width, padToken)),
        ];
        int[] filledFrom = [.. Enumerable.Range(0, rows.Length).Select(r => promptWidth + (r < pairs.Count ? chosenWidth : rejectedWidth))];
        long[] mask = [.. rows.SelectMany((row, r) => row.Select((id, t) => id == padToken || t >= filledFrom[r] ? 0L : 1L))];
        int[] labels = [.. rows.SelectMany(row => row.Skip(1).Append(MaskedLabel))];   // the last position predicts nothing
        double[] weights = [.. labels.Select(label => label == MaskedLabel ? 0.0 : 1.0)];
        return new ScoredBatch
        {
            Ids = tensor(rows.SelectMany(row => row.Select(id => (long)id)).ToArray()).view(rows.Length, width).to(device),
            AttentionMask = tensor(mask).view(rows.Length, width).to(device),
            Forward = new ForwardOptions { Positions = arange(width, ScalarType.Int64).unsqueeze(0), PlainAttention = true },
            Positions = arange(rows.Length * width, ScalarType.Int64).to(device),
            Targets = tensor(labels.Select(label => label == MaskedLabel ? 0L : label).ToArray()).to(device),
            Rows = [.. Enumerable.Range(0, labels.Length).Select(i => i / width)],
            TargetWeights = weights,
            DivergenceWeights = [.. Enumerable.Repeat(1.0 / width, labels.Length)],
            ResponseTokens = [.. weights.Chunk(width).Select(row => (int)row.Sum())],
            Tokens = (int)mask.Sum(),
        };
    }

    /// <summary>
    /// The row of the input embedding that torch's <c>padding_idx</c> freezes: <c>pad_token_id</c> of the configuration; null
    /// where it names none, where the embedding is not trained, and in GPT-2, whose embedding has no such index.
    /// </summary>
    public static int? FrozenEmbedding(Decoder model)
    {
        if (!model.Parameters.TryGetValue(InputEmbedding, out Tensor? embedding) || !embedding.requires_grad)
            return null;
        using JsonDocument config = JsonDocument.Parse(File.ReadAllText(Path.Combine(model.Folder, "config.json")));
        return config.RootElement.TryGetProperty("pad_token_id", out JsonElement pad) && pad.ValueKind is JsonValueKind.Number
            ? pad.GetInt32()
            : null;
    }

    /// <summary>
    /// The backward pass in which one row of the input embedding gets no gradient; as output row, where embeddings are tied, it
    /// does get one.
    /// </summary>
    public static void BackwardPastFrozenRow(Decoder policy, int row, IDifferentiableStates states, Func<Tensor?, Tensor> statesGradient)
    {
        Tensor embedding = policy.Parameters[InputEmbedding], output = policy.UnembeddingRows;
        using var noGrad = no_grad();
        Tensor? before = embedding.grad?[row].clone();
        Tensor outputGradient = zeros_like(output);
        states.Backward(statesGradient(outputGradient));
        Tensor frozen = embedding.grad![row];
        if (before is null)
            frozen.zero_();
        else
            frozen.copy_(before);
        if (output.grad is { } existing)
            existing.add_(outputGradient);
        else
            output.grad = outputGradient;
    }

    private static int[] Row(int[] prompt, int[] response, int promptWidth, int responseWidth, int width, int padToken) =>
    [
        .. Enumerable.Repeat(padToken, promptWidth - prompt.Length),
        .. prompt,
        .. response,
        .. Enumerable.Repeat(padToken, responseWidth - response.Length),
        .. Enumerable.Repeat(FillId, width - promptWidth - responseWidth),
    ];
}
