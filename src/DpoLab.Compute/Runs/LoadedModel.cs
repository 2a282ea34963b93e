using DpoLab.Compute.Generation;
using DpoLab.Compute.Models;
using DpoLab.Compute.Tokenization;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Runs;

/// <summary>A decoder and its tokenizer.</summary>
internal sealed class LoadedModel : IDisposable
{
    private LoadedModel(Decoder decoder, Tokenizer tokenizer) => (Decoder, Tokenizer) = (decoder, tokenizer);

    public Decoder Decoder { get; }

    public Tokenizer Tokenizer { get; }

    /// <summary>Loads a model of a spec in the run's precision.</summary>
    /// <exception cref="InputException">The folder cannot be used.</exception>
    public static LoadedModel Load(RunContext context, InputRef model)
    {
        string folder = context.Inputs.Find(model);

        // first what is small: a folder without a tokenizer fails before gigabytes are read
        var tokenizer = Tokenizer.Load(folder);
        foreach (string note in tokenizer.Notes)
            context.Report.Log($"{model.Name}: {note}");
        return new LoadedModel(Decoder.Load(folder, context.Device, context.Precision), tokenizer);
    }

    /// <summary>Loads the model of a folder.</summary>
    /// <exception cref="InputException">The folder cannot be used.</exception>
    public static LoadedModel Load(string folder, TorchSharp.torch.Device device, TorchSharp.torch.ScalarType precision) =>
        new(Decoder.Load(folder, device, precision), Tokenizer.Load(folder));

    /// <summary>The ids of a text, cut to its first tokens.</summary>
    /// <exception cref="InputException">The model cannot read so many tokens, or lacks one of them.</exception>
    public int[] Encode(string text, int maxTokens, string what)
    {
        if (maxTokens > Decoder.Configuration.ContextLength)
        {
            throw new InputException(
                $"{what} may have {maxTokens} tokens, but the model reads at most {Decoder.Configuration.ContextLength}. Lower the limit.");
        }

        int[] ids = Tokenizer.EncodeCut(text, maxTokens);
        if (ids.FirstOrDefault(id => id >= Decoder.Configuration.Vocabulary, -1) is >= 0 and var unknown)
            throw new InputException($"{what}: the token {unknown} is not in the model's vocabulary of {Decoder.Configuration.Vocabulary}: the tokenizer is not this model's.");
        return ids;
    }

    /// <summary>Greedy generation up to the end of text, as the model's folder names it.</summary>
    public GenerationOptions Greedy(int newTokens)
    {
        IEnumerable<long> own = Tokenizer.EndOfText is { } id ? [id] : [];
        return new GenerationOptions
        {
            NewTokens = newTokens,
            EndOfText = [.. Decoder.Configuration.EndOfText.Concat(own).Distinct()],
            PadId = Tokenizer.Pad ?? Tokenizer.EndOfText ?? 0,
        };
    }

    /// <summary>Continues prompts; the end of text is not part of an answer.</summary>
    public IReadOnlyList<int[]> Answer(
        IReadOnlyList<int[]> prompts, GenerationOptions options, int batchSize, IProgress<GenerationProgress>? progress = null, CancellationToken cancellation = default)
    {
        RequireRoom(prompts.Select(p => p.Length).DefaultIfEmpty(0).Max(), options.NewTokens);
        var answers = TextGenerator.GenerateAll(Decoder, prompts, options, batchSize, progress, cancellation);
        return [.. answers.Select(ids => ids.Length > 0 && options.EndOfText.Contains(ids[^1]) ? ids[..^1] : ids)];
    }

    /// <summary>Bytes of the weights.</summary>
    public long WeightBytes => Decoder.Parameters.Values.Sum(t => t.numel() * t.ElementSize);

    /// <summary>Refuses prompts that leave no room for an answer.</summary>
    /// <exception cref="InputException">Prompt and new tokens are longer than the context.</exception>
    public void RequireRoom(int promptTokens, int newTokens)
    {
        if (promptTokens + newTokens - 1 > Decoder.Configuration.ContextLength)
        {
            throw new InputException(
                $"A prompt of {promptTokens} tokens and {newTokens} new ones do not fit into the model's context of {Decoder.Configuration.ContextLength}. "
                + "Cut the prompts shorter, or ask for fewer new tokens.");
        }
    }

    public void Dispose() => Decoder.Dispose();
}
