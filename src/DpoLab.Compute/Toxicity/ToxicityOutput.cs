namespace DpoLab.Compute.Toxicity;

/// <summary>How a classifier's numbers become scores from 0 to 1.</summary>
public enum ScoreForm
{
    /// <summary>Each output for itself: 1/(1 + e^−x).</summary>
    Sigmoid,

    /// <summary>One of several classes: its share of Σ e^x.</summary>
    Softmax,

    /// <summary>A number that was trained to be the score: cut to 0 … 1.</summary>
    Identity,
}

/// <summary>Which output is toxicity, and how it becomes a score.</summary>
/// <param name="Index">Place of the output.</param>
/// <param name="Label">Its name.</param>
/// <param name="Form">From number to score.</param>
public sealed record ToxicityOutput(int Index, string Label, ScoreForm Form)
{
    /// <summary>Detoxify "original" calls the outputs of unitary/toxic-bert by the second names.</summary>
    private static readonly (string Stored, string Detoxify)[] OriginalNames =
    [
        ("toxic", "toxicity"), ("severe_toxic", "severe_toxicity"), ("obscene", "obscene"), ("threat", "threat"), ("insult", "insult"),
        ("identity_hate", "identity_attack"),
    ];

    /// <summary>The names of Detoxify "unbiased"'s outputs that are kinds of toxicity; the other nine name groups of people.</summary>
    private static readonly string[] UnbiasedNames =
        ["toxicity", "severe_toxicity", "obscene", "identity_attack", "insult", "threat", "sexual_explicit"];

    /// <summary>Picks the output.</summary>
    /// <param name="labels">The names in the configuration.</param>
    /// <param name="problemType"><c>problem_type</c>; null: not said.</param>
    /// <param name="wanted">The output to take; null: <c>toxicity</c> or <c>toxic</c>, or the only one.</param>
    /// <param name="folder">For messages.</param>
    /// <exception cref="InputException">There is no such output, or none that is clearly toxicity.</exception>
    internal static ToxicityOutput Pick(IReadOnlyList<string> labels, string? problemType, string? wanted, string folder)
    {
        var names = NamesOf(labels);
        int index = wanted is null ? Default(names) : Find(names, wanted);
        if (index < 0)
        {
            string asked = wanted is null ? "none of its outputs is called toxicity or toxic" : $"it has no output '{wanted}'";
            throw new InputException($"{folder}: {asked}. The outputs are {string.Join(", ", names.Select(n => $"'{n}'"))}. Say which one is toxicity.");
        }

        return new ToxicityOutput(index, names[index], FormOf(labels, problemType, folder));
    }

    /// <summary>The names that people know: those of Detoxify where the layout is one of its two and the names are missing.</summary>
    internal static IReadOnlyList<string> NamesOf(IReadOnlyList<string> labels)
    {
        if (!labels.All(l => l.StartsWith("LABEL_", StringComparison.Ordinal)))
            return labels;
        return labels.Count switch
        {
            6 => [.. OriginalNames.Select(n => n.Detoxify)],
            16 => [.. UnbiasedNames, .. labels.Skip(UnbiasedNames.Length)],
            _ => labels,
        };
    }

    /// <summary>The score of each row's output.</summary>
    internal double? Score(ReadOnlySpan<float> logits)
    {
        double x = logits[Index];
        double score = Form switch
        {
            ScoreForm.Sigmoid => 1 / (1 + Math.Exp(-x)),
            ScoreForm.Softmax => SoftmaxShare(logits),
            _ => Math.Clamp(x, 0, 1),
        };
        return double.IsFinite(score) ? score : null;
    }

    private double SoftmaxShare(ReadOnlySpan<float> logits)
    {
        double sum = 0;
        foreach (float other in logits)
            sum += Math.Exp(other - (double)logits[Index]);
        return 1 / sum;
    }

    private static int Default(IReadOnlyList<string> names)
    {
        int index = Find(names, "toxicity");
        return index < 0 && names.Count == 1 ? 0 : index;
    }

    private static int Find(IReadOnlyList<string> names, string wanted)
    {
        for (int i = 0; i < names.Count; i++)
        {
            if (string.Equals(names[i], wanted, StringComparison.OrdinalIgnoreCase))
                return i;
        }

        // the two names that Detoxify and the checkpoint have for one output
        string? other = OriginalNames.Where(n => Is(n.Stored, wanted)).Select(n => n.Detoxify)
            .Concat(OriginalNames.Where(n => Is(n.Detoxify, wanted)).Select(n => n.Stored)).FirstOrDefault(n => !Is(n, wanted));
        for (int i = 0; other is not null && i < names.Count; i++)
        {
            if (Is(names[i], other))
                return i;
        }

        return -1;
    }

    private static bool Is(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    /// <summary>As transformers' own pipeline decides it; a Detoxify layout without a problem type has independent outputs.</summary>
    private static ScoreForm FormOf(IReadOnlyList<string> labels, string? problemType, string folder) => problemType switch
    {
        "multi_label_classification" => ScoreForm.Sigmoid,
        "single_label_classification" => labels.Count == 1 ? ScoreForm.Sigmoid : ScoreForm.Softmax,
        "regression" => ScoreForm.Identity,
        null when labels.Count is 1 or 6 or 16 && Find(NamesOf(labels), "toxicity") >= 0 => ScoreForm.Sigmoid,
        null => labels.Count == 1 ? ScoreForm.Sigmoid : ScoreForm.Softmax,
        _ => throw new InputException($"{folder}/config.json: 'problem_type' is '{problemType}', which is not known. It is one of multi_label_classification, single_label_classification, regression."),
    };
}
