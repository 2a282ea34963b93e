namespace DpoLab.Compute.Toxicity;

/// <summary>Gives texts a toxicity from 0 to 1, on this machine.</summary>
public interface IToxicityScorer : IDisposable
{
    /// <summary>Shown beside numbers.</summary>
    string Name { get; }

    /// <summary>How a score is made, in words: "sigmoid of toxicity".</summary>
    string Means { get; }

    /// <summary>SHA-256 of what the scores depend on: the folder's sorted lines <c>sha256  path</c>, or the word list's bytes.</summary>
    string Digest { get; }

    /// <summary>One score a text, in the order of the texts; null where a text could not be scored.</summary>
    /// <param name="texts">Any texts, empty ones too.</param>
    /// <param name="progress">Told how many texts are done.</param>
    /// <param name="cancellationToken">Looked at between batches.</param>
    IReadOnlyList<double?> Score(IReadOnlyList<string> texts, IProgress<int>? progress = null, CancellationToken cancellationToken = default);
}
