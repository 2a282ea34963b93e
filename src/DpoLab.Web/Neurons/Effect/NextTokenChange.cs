using DpoLab.Contracts.Playground;

namespace DpoLab.Web.Neurons;

/// <summary>The probability that a token comes next, before and after. Null: it is not among the told likeliest tokens, so below the least of them.</summary>
/// <param name="Text">The token.</param>
/// <param name="Before">In the base model.</param>
/// <param name="After">In the other one.</param>
/// <param name="Below">Where one of the two is null: what it is below.</param>
public sealed record NextTokenChange(string Text, double? Before, double? After, double Below)
{
    /// <summary>The change; where one probability is not known, the least that it can be.</summary>
    public double Change => (After, Before) switch
    {
        ({ } after, { } before) => after - before,
        ({ } after, null) => Math.Max(0, after - Below),
        (null, { } before) => Math.Min(0, Below - before),
        _ => 0,
    };

    /// <summary>Both probabilities are known.</summary>
    public bool IsExact => Before is not null && After is not null;

    /// <summary>The token of the greatest change among those that either model finds likeliest; null: there is none.</summary>
    public static NextTokenChange? Largest(IReadOnlyList<NextToken> before, IReadOnlyList<NextToken> after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        return before.Concat(after).DistinctBy(token => token.Id)
            .Select(token =>
            {
                double? was = Of(before, token.Id);
                return new NextTokenChange(token.Text, was, Of(after, token.Id), (was is null ? before : after).Min(other => other.Probability));
            })
            .MaxBy(change => Math.Abs(change.Change));
    }

    private static double? Of(IReadOnlyList<NextToken> tokens, int id) => tokens.FirstOrDefault(token => token.Id == id)?.Probability;
}
