using DpoLab.Compute.Generation;
using DpoLab.Compute.Models;
using DpoLab.Compute.Tokenization;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using static TorchSharp.torch;

namespace DpoLab.Compute.Neurons;

/// <summary>The activation of one neuron at every token of texts that base and tuned model both read.</summary>
public static class NeuronFiring
{
    private const int Shown = 8;
    private const int PromptTokens = 8;
    private const int Bins = 60;
    private const int BatchSize = 32;

    /// <summary>Activations of one model, a row a text, a number a token: [texts][tokens].</summary>
    public static IReadOnlyList<float[]> Activations(Decoder decoder, NeuronIndex neuron, IReadOnlyList<int[]> texts, long padId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        using var noGrad = no_grad();
        var rows = new List<float[]>();
        foreach (int[][] batch in texts.Chunk(BatchSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            float[] seen = [];
            int width = batch.Max(text => text.Length);
            using (decoder.Hooks.Add(HookPoint.MlpPost, neuron.Layer, (value, _) =>
            {
                using var own = value.select(2, neuron.Neuron); // [B, T]
                using var wide = own.to(ScalarType.Float32).cpu().contiguous();
                seen = wide.view(-1).data<float>().ToArray();
                return value;
            }))
            {
                var (ids, mask) = PromptBatch.Pad(batch, padId, decoder.Device);
                decoder.Hidden(ids, mask);
            }

            // padding stands on the left
            rows.AddRange(batch.Select((text, row) => seen[(((row + 1) * width) - text.Length)..((row + 1) * width)]));
        }

        return rows;
    }

    /// <summary>Sums up the two models' activations: distribution, and the texts where either is highest.</summary>
    public static FiringLook Of(
        Tokenizer tokenizer, IReadOnlyList<(int[] Prompt, int[] Continuation)> texts, IReadOnlyList<float[]> before, IReadOnlyList<float[]> after, int known)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(texts);
        float[] all = [.. before.SelectMany(a => a)];
        float[] allAfter = [.. after.SelectMany(a => a)];
        double low = Math.Min(all.Min(), allAfter.Min());
        double high = Math.Max(all.Max(), allAfter.Max());
        FiringText[] shown = [.. texts.Select((text, i) => Text(tokenizer, i, text, before[i], after[i]))];
        return new FiringLook
        {
            Read = texts.Count,
            Known = known,
            Tokens = all.Length,
            PositiveBefore = (double)all.Count(a => a > 0) / all.Length,
            PositiveAfter = (double)allAfter.Count(a => a > 0) / allAfter.Length,
            Low = low,
            High = high,
            BinsBefore = Histogram(all, low, high),
            BinsAfter = Histogram(allAfter, low, high),
            Texts = [.. shown.OrderByDescending(t => t.PeakBefore).Take(Shown).Concat(shown.OrderByDescending(t => t.PeakAfter).Take(Shown)).DistinctBy(t => t.Prompt)],
        };
    }

    private static FiringText Text(Tokenizer tokenizer, int index, (int[] Prompt, int[] Continuation) text, float[] before, float[] after)
    {
        int[] ids = [.. text.Prompt, .. text.Continuation];
        int first = Math.Max(0, text.Prompt.Length - PromptTokens);
        FiringToken[] tokens = [.. Enumerable.Range(first, ids.Length - first).Select(t => new FiringToken(tokenizer.Decode([ids[t]], skipSpecialTokens: false), before[t], after[t]))];
        string prompt = tokenizer.Decode(text.Prompt, skipSpecialTokens: true);
        return new FiringText(index, prompt, text.Prompt.Length - first, tokens, tokens.Max(t => t.Before), tokens.Max(t => t.After));
    }

    private static int[] Histogram(float[] values, double low, double high)
    {
        var bins = new int[Bins];
        foreach (float value in values)
            bins[high > low ? Math.Min(Bins - 1, (int)((value - low) / (high - low) * Bins)) : 0]++;
        return bins;
    }
}
