namespace DpoLab.Compute.Training;

/// <summary>One preference pair as token ids: prompt with the model's special tokens, responses without.</summary>
/// <param name="Prompt">At least one token.</param>
/// <param name="Chosen">At least one token.</param>
/// <param name="Rejected">At least one token.</param>
public sealed record PreferencePair(int[] Prompt, int[] Chosen, int[] Rejected);

/// <summary>Turns texts into pairs: cuts prompts and responses and refuses what leaves nothing to train on.</summary>
public static class PreferencePairs
{
    /// <summary>Tokenises one pair; the first tokens of each part are kept.</summary>
    /// <param name="index">Of the pair in its dataset, from 0, for messages.</param>
    /// <param name="texts">Prompt, chosen and rejected text.</param>
    /// <param name="encodePrompt">Ids with special tokens.</param>
    /// <param name="encodeResponse">Ids without special tokens.</param>
    /// <param name="maxPrompt">Prompt tokens kept.</param>
    /// <param name="maxResponse">Tokens kept of each response.</param>
    /// <exception cref="TrainingException">A part has no tokens.</exception>
    public static PreferencePair Encode(
        int index,
        (string Prompt, string Chosen, string Rejected) texts,
        Func<string, int[]> encodePrompt,
        Func<string, int[]> encodeResponse,
        int maxPrompt,
        int maxResponse)
    {
        int[] prompt = Cut(encodePrompt(texts.Prompt), maxPrompt, index, "prompt");
        int[] chosen = Cut(encodeResponse(texts.Chosen), maxResponse, index, "chosen");
        int[] rejected = Cut(encodeResponse(texts.Rejected), maxResponse, index, "rejected");
        return new PreferencePair(prompt, chosen, rejected);
    }

    private static int[] Cut(int[] ids, int most, int index, string part)
    {
        if (ids.Length == 0)
            throw new TrainingException($"Pair {index + 1}: '{part}' has no tokens. Remove the pair or give it a text.");
        return ids.Length <= most ? ids : ids[..most];
    }
}
