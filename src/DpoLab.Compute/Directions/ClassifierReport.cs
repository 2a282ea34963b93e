namespace DpoLab.Compute.Directions;

/// <summary>How well a binary classifier separates held-out texts, in scikit-learn's definitions.</summary>
/// <param name="Accuracy">Share of right calls.</param>
/// <param name="BalancedAccuracy">Mean of the two classes' recalls.</param>
/// <param name="F1">Of the toxic class; 0 when nothing is called toxic rightly.</param>
/// <param name="RocAuc">Chance that a toxic text scores above another one; ties count half.</param>
/// <param name="TrueNegatives">Not toxic, called so.</param>
/// <param name="FalsePositives">Not toxic, called toxic.</param>
/// <param name="FalseNegatives">Toxic, called not toxic.</param>
/// <param name="TruePositives">Toxic, called so.</param>
public sealed record ClassifierReport(
    double Accuracy,
    double BalancedAccuracy,
    double F1,
    double RocAuc,
    int TrueNegatives,
    int FalsePositives,
    int FalseNegatives,
    int TruePositives)
{
    /// <summary>Compares decision values (toxic where &gt; 0) with labels, both of the same length.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or a class is absent.</exception>
    public static ClassifierReport Of(IReadOnlyList<double> decisions, IReadOnlyList<bool> labels)
    {
        if (decisions.Count != labels.Count)
            throw new ArgumentException($"{decisions.Count} decisions for {labels.Count} labels.", nameof(labels));
        int tp = 0, fp = 0, fn = 0, tn = 0;
        for (int i = 0; i < labels.Count; i++)
        {
            bool called = decisions[i] > 0;
            if (labels[i])
                (tp, fn) = called ? (tp + 1, fn) : (tp, fn + 1);
            else
                (fp, tn) = called ? (fp + 1, tn) : (fp, tn + 1);
        }

        if (tp + fn == 0 || tn + fp == 0)
            throw new ArgumentException("The held-out texts all have the same label.", nameof(labels));
        return new ClassifierReport(
            (double)(tp + tn) / labels.Count,
            (((double)tp / (tp + fn)) + ((double)tn / (tn + fp))) / 2,
            tp == 0 ? 0 : 2.0 * tp / ((2.0 * tp) + fp + fn),
            RocAucOf(decisions, labels),
            tn,
            fp,
            fn,
            tp);
    }

    /// <summary>Mann and Whitney's U over ranks, ties at their mean rank.</summary>
    private static double RocAucOf(IReadOnlyList<double> decisions, IReadOnlyList<bool> labels)
    {
        int[] order = [.. Enumerable.Range(0, labels.Count).OrderBy(i => decisions[i])];
        double rankSum = 0;
        long positives = 0;
        for (int first = 0; first < order.Length;)
        {
            int end = first;
            while (end < order.Length && decisions[order[end]].Equals(decisions[order[first]]))
                end++;
            double rank = (first + 1 + end) / 2.0;
            int toxic = order[first..end].Count(i => labels[i]);
            rankSum += rank * toxic;
            positives += toxic;
            first = end;
        }

        double u = rankSum - (positives * (positives + 1) / 2.0);
        return u / (positives * (double)(order.Length - positives));
    }
}
