namespace DpoLab.Contracts.Results;

/// <summary>Several scorers over the same continuations: coverage, agreement, and whether they order the rows alike.</summary>
public sealed record ScorerPanel
{
    /// <summary>The scorers; the first one made every other figure.</summary>
    public required IReadOnlyList<PanelMember> Scorers { get; init; }

    /// <summary>Each pair of scorers once.</summary>
    public required IReadOnlyList<ScorerAgreement> Agreement { get; init; }

    /// <summary>Pairs of rows that all scorers can compare.</summary>
    public required int Comparisons { get; init; }

    /// <summary>Those of them that two scorers order differently, the greatest disagreement first.</summary>
    public required IReadOnlyList<ChangedOrder> Changed { get; init; }
}

/// <summary>A scorer of a panel.</summary>
public sealed record PanelMember
{
    /// <summary>Folder or file, and the output that is toxicity.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 that pins it.</summary>
    public required string Digest { get; init; }

    /// <summary>How its output becomes a score: sigmoid, softmax of one class, identity cut to 0…1, word list.</summary>
    public required string Output { get; init; }

    /// <summary>Continuations, over all rows, that it scored.</summary>
    public required int Scored { get; init; }

    /// <summary>Continuations in all.</summary>
    public required int Total { get; init; }
}

/// <summary>How far two scorers agree, over the continuations that both scored.</summary>
/// <param name="First">Index in the panel.</param>
/// <param name="Second">Index in the panel, greater.</param>
/// <param name="Texts">Continuations that both scored.</param>
/// <param name="Pearson">Null: one of them does not vary.</param>
/// <param name="Spearman">Null: one of them does not vary.</param>
/// <param name="SameSide">Share that both put on the same side of 0.5; null: none.</param>
public sealed record ScorerAgreement(int First, int Second, int Texts, double? Pearson, double? Spearman, double? SameSide);

/// <summary>Two rows that the scorers do not order alike.</summary>
public sealed record ChangedOrder
{
    public required string Row { get; init; }

    public required string Other { get; init; }

    /// <summary>By scorer: toxicity of <see cref="Row"/> minus that of <see cref="Other"/>, paired by prompt.</summary>
    public required IReadOnlyList<Estimate> Differences { get; init; }

    /// <summary>True: two scorers say opposite things, each with an interval that excludes 0. False: within chance for all but one side.</summary>
    public required bool Contradicts { get; init; }
}
