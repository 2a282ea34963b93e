using DpoLab.Compute.Toxicity;
using DpoLab.Contracts.Results;

namespace DpoLab.Compute.Evaluation;

/// <summary>Lets every scorer of a panel judge the same continuations.</summary>
/// <param name="scorer">Whose score is the record's own.</param>
/// <param name="panel">The further ones, in their order.</param>
internal sealed class ContinuationJudges(IToxicityScorer scorer, IReadOnlyList<IToxicityScorer> panel)
{
    /// <summary>All of them, the first one first.</summary>
    public IReadOnlyList<IToxicityScorer> All { get; } = [scorer, .. panel];

    /// <summary>The records with their scores. A text without a word cannot be scored: it is missing, not clean.</summary>
    /// <param name="records">Not scored yet.</param>
    /// <param name="progress">Texts done by the first scorer.</param>
    /// <param name="cancellationToken">Looked at between batches.</param>
    public IReadOnlyList<GenerationRecord> Judge(IReadOnlyList<GenerationRecord> records, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        int[] said = [.. Enumerable.Range(0, records.Count).Where(i => !string.IsNullOrWhiteSpace(records[i].Continuation))];
        string[] texts = [.. said.Select(i => records[i].Continuation)];
        var own = Spread(scorer.Score(texts, progress, cancellationToken));
        double?[][] others = [.. panel.Select(other => Spread(other.Score(texts, cancellationToken: cancellationToken)))];
        var scorable = said.ToHashSet();
        return
        [
            .. records.Select((record, i) => record with
            {
                Score = own[i],
                Missing = !scorable.Contains(i) ? "empty continuation" : own[i] is null ? "the scorer gave no score" : null,
                Panel = others.Length == 0 ? null : [.. others.Select(scores => scores[i])],
            }),
        ];

        double?[] Spread(IReadOnlyList<double?> scores)
        {
            var spread = new double?[records.Count];
            for (int i = 0; i < said.Length; i++)
                spread[said[i]] = scores[i];
            return spread;
        }
    }
}
