using DpoLab.Compute.Interventions;
using DpoLab.Compute.Models;
using DpoLab.Compute.Tokenization;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Evaluation;

/// <summary>Perplexity of variants on one text, which is tokenised once; a plain model's is measured once.</summary>
/// <param name="tokenizer">The models' tokenizer.</param>
/// <param name="content">The text.</param>
/// <param name="options">Window, stride, protocol.</param>
internal sealed class VariantPerplexity(Tokenizer tokenizer, string content, EvaluationOptions options)
{
    private readonly TokenizedText text = new(tokenizer.Encode(content), System.Text.Encoding.UTF8.GetByteCount(content));
    private readonly Dictionary<Decoder, PerplexityResult> plain = [];

    private bool IsPublished => options.Protocol is Protocol.Published;

    /// <summary>With interventions at all positions, and as published: at position 0 of each window only.</summary>
    /// <param name="decoder">The variant's model, with nothing intervening.</param>
    /// <param name="variant">What is done to it.</param>
    /// <param name="alsoPublished">Measure the second one too, where it differs.</param>
    /// <param name="progress">Where it is.</param>
    /// <param name="cancellationToken">Looked at between batches.</param>
    public (PerplexityResult Ours, PerplexityResult? Published) Of(
        Decoder decoder, PlannedVariant variant, bool alsoPublished, IProgress<EvaluationProgress>? progress, CancellationToken cancellationToken)
    {
        PerplexityResult Under(ActedPositions acted, string stage)
        {
            int windows = Perplexity.Windows(decoder, text, options.Window, options.Stride).Count;
            return Measure(decoder, variant.Plans, text, acted, StageProgress.Of(progress, stage, windows), cancellationToken).Result;
        }

        if (!variant.Plans.Any())
        {
            // An attack without a plan has changed the weights.
            if (variant.Against is not null)
                return (Under(ActedPositions.All, "perplexity"), null);

            // Text before a prompt does not change the model: every plain variant of one model has one perplexity.
            if (!plain.TryGetValue(decoder, out var known))
                plain[decoder] = known = Under(ActedPositions.All, "perplexity");
            return (known, null);
        }

        bool hasPositions = !variant.Plans.SelectMany(plan => plan.Operations).Any(operation => operation is KeyOperation);
        bool both = alsoPublished && hasPositions;
        var first = both || (IsPublished && hasPositions) ? Under(ActedPositions.FirstOfWindow, "published perplexity") : null;
        return IsPublished && first is not null ? (first, first) : (Under(ActedPositions.All, "perplexity"), first);
    }

    /// <summary>On the beginning of the text, as the whole of it would be measured.</summary>
    /// <param name="decoder">The model, with nothing intervening.</param>
    /// <param name="plan">Null: the plain model.</param>
    /// <param name="share">Of the text's tokens, above 0.</param>
    /// <param name="cancellationToken">Looked at between batches.</param>
    public (double Perplexity, Verdict Verdict) OfBeginning(Decoder decoder, InterventionPlan? plan, double share, CancellationToken cancellationToken)
    {
        var beginning = text with { Ids = text.Ids[..(int)Math.Ceiling(share * text.Ids.Length)] };
        var acted = IsPublished ? ActedPositions.FirstOfWindow : ActedPositions.All;
        InterventionPlan[] plans = plan is null ? [] : [plan];
        var (result, verdict) = Measure(decoder, plans, beginning, acted, progress: null, cancellationToken);
        return (result.Value, verdict);
    }

    private (PerplexityResult Result, Verdict Verdict) Measure(
        Decoder decoder, IEnumerable<InterventionPlan> plans, TokenizedText read, ActedPositions acted, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        using var active = InterventionStack.Apply(decoder, plans, _ => acted);
        var result = Perplexity.Of(decoder, read, options.Window, options.Stride, countUnscored: IsPublished, progress, cancellationToken);
        active.RequireFired();
        return (result, active.Last is { } last ? new Verdict(VerdictKind.Fired, last.Applied, last.Positions) : Verdict.Plain);
    }
}
