using DpoLab.Web.Playground;

namespace DpoLab.Web.Neurons;

/// <summary>What a change does on all prompts that are answered.</summary>
public sealed record EffectSummary
{
    /// <summary>Prompts to which both have answered.</summary>
    public required int Answered { get; init; }

    /// <summary>How many of these get another text.</summary>
    public required int Differing { get; init; }

    /// <summary>Differences of the scores, of the prompts where both texts have one.</summary>
    public required IReadOnlyList<double> Toxicity { get; init; }

    /// <summary>Changes of the projection after the prompt.</summary>
    public required IReadOnlyList<double> Projection { get; init; }

    /// <summary>The largest one after any prompt; null: none is told.</summary>
    public required NextTokenChange? Next { get; init; }

    public static EffectSummary Of(IEnumerable<PromptEffect> effects, ColumnKind kind)
    {
        AnswerDifference[] all = [.. effects.Where(effect => effect.Missing([ColumnKind.Base, kind]).Count == 0).Select(effect => AnswerDifference.Of(effect.Of(ColumnKind.Base), effect.Of(kind)))];
        return new EffectSummary
        {
            Answered = all.Length,
            Differing = all.Count(difference => !difference.SameText),
            Toxicity = [.. all.Select(difference => difference.Toxicity).OfType<double>()],
            Projection = [.. all.Select(difference => difference.Projection).OfType<double>()],
            Next = all.Select(difference => difference.Next).OfType<NextTokenChange>().MaxBy(next => Math.Abs(next.Change)),
        };
    }
}
