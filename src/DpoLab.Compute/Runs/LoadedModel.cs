using DpoLab.Compute.Models;
using DpoLab.Compute.Tokenization;
using DpoLab.Contracts.Results;
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

    /// <summary>A token of a logit lens, spelled.</summary>
    public LensToken Spell(int id, double logit) => new(id, Tokenizer.Decode([id], skipSpecialTokens: false), logit);

    public void Dispose() => Decoder.Dispose();
}
