using DpoLab.Compute.Tokenization;

namespace DpoLab.Compute.Evaluation;

/// <summary>Cuts prompts as every measurement does: the first tokens, begin-of-text included (science.md, section 7).</summary>
public static class PromptTokens
{
    /// <summary>Token ids of a prompt.</summary>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="prompt">Its text.</param>
    /// <param name="most">Tokens that are kept of the prompt.</param>
    /// <param name="prefix">
    /// Text put before the prompt, whose tokens the cut does not count. Prefix and prompt are tokenised as one text, since a word's first token
    /// depends on what stands before it.
    /// </param>
    /// <exception cref="InputException">The prompt is empty to this tokenizer.</exception>
    public static int[] Of(Tokenizer tokenizer, string prompt, int most, string? prefix = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        int allowed = most;
        if (!string.IsNullOrEmpty(prefix))
            allowed += tokenizer.Encode(prefix, specialTokens: false).Length;
        int[] ids = tokenizer.EncodeCut(prefix + prompt, allowed);
        return ids.Length > 0 ? ids : throw new InputException($"The prompt “{prompt}” has no token for this model. Remove it or write it out.");
    }
}
