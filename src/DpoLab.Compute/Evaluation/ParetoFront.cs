namespace DpoLab.Compute.Evaluation;

/// <summary>The trials that no other trial beats in toxicity and perplexity both.</summary>
public static class ParetoFront
{
    /// <summary>For each point whether it is on the front: no other is at most as toxic and as perplexed, and better in one of the two.</summary>
    /// <param name="points">Less is better in both; points with a NaN are never on the front.</param>
    public static bool[] Of(IReadOnlyList<(double Toxicity, double Perplexity)> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        var front = new bool[points.Count];
        int[] order =
        [
            .. Enumerable.Range(0, points.Count)
                .Where(i => !double.IsNaN(points[i].Toxicity) && !double.IsNaN(points[i].Perplexity))
                .OrderBy(i => points[i].Toxicity)
                .ThenBy(i => points[i].Perplexity),
        ];

        // In this order a point is beaten exactly if an earlier, different one has no greater perplexity.
        double least = double.PositiveInfinity;
        (double Toxicity, double Perplexity)? last = null;
        foreach (int i in order)
        {
            front[i] = points[i].Perplexity < least || points[i] == last;
            if (!front[i])
                continue;
            least = points[i].Perplexity;
            last = points[i];
        }

        return front;
    }
}
