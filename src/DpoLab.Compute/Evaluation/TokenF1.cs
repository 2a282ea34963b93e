namespace DpoLab.Compute.Evaluation;

/// <summary>How much a continuation shares with the gold one (science.md, section 7): multiset overlap of tokens.</summary>
public static class TokenF1
{
    /// <summary>2·overlap/(|prediction| + |gold|), the harmonic mean of precision and recall; 0 if nothing is shared or both are empty.</summary>
    public static double Of(IReadOnlyList<int> prediction, IReadOnlyList<int> gold)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(gold);
        var left = new Dictionary<int, int>();
        foreach (int token in gold)
            left[token] = left.GetValueOrDefault(token) + 1;
        int overlap = 0;
        foreach (int token in prediction)
        {
            int count = left.GetValueOrDefault(token);
            if (count == 0)
                continue;
            left[token] = count - 1;
            overlap++;
        }

        return overlap == 0 ? 0 : 2.0 * overlap / (prediction.Count + gold.Count);
    }
}
