using DpoLab.Contracts.Playground;
using DpoLab.Web.Playground;

namespace DpoLab.Web.Neurons;

/// <summary>What an answer has that the base model's answer to the same prompt has not.</summary>
public sealed record AnswerDifference
{
    /// <summary>The first token, from 0, at which the texts differ; null: they agree as far as both have come.</summary>
    public int? PartsAt { get; private init; }

    /// <summary>Both are complete and say the same.</summary>
    public bool SameText { get; private init; }

    /// <summary>The token after the prompt whose probability changed most; null: not told.</summary>
    public NextTokenChange? Next { get; private init; }

    /// <summary>Of the projection of the stream on the direction, at the last token of the prompt; null: not told.</summary>
    public double? Projection { get; private init; }

    /// <summary>Null: one of the two has no score.</summary>
    public double? Toxicity { get; private init; }

    public static AnswerDifference Of(ColumnAnswer plain, ColumnAnswer other)
    {
        ArgumentNullException.ThrowIfNull(plain);
        ArgumentNullException.ThrowIfNull(other);
        int? parts = Parting(plain, other);
        // before the first tokens nothing differs but the model: later ones follow other texts
        (TokenEvent? before, TokenEvent? after) = (First(plain), First(other));
        return new AnswerDifference
        {
            PartsAt = parts,
            SameText = parts is null && plain.End is not null && other.End is not null,
            Next = before is null || after is null ? null : NextTokenChange.Largest(before.Top, after.Top),
            Projection = after?.Projection - before?.Projection,
            Toxicity = other.End?.Toxicity - plain.End?.Toxicity,
        };
    }

    private static int? Parting(ColumnAnswer plain, ColumnAnswer other)
    {
        int common = Math.Min(plain.Tokens.Count, other.Tokens.Count);
        for (int i = 0; i < common; i++)
        {
            if (plain.Tokens[i].Id != other.Tokens[i].Id)
                return i;
        }

        // one has ended, and the other goes on
        bool goesOn = (plain.End is not null && other.Tokens.Count > common) || (other.End is not null && plain.Tokens.Count > common);
        return goesOn ? common : null;
    }

    private static TokenEvent? First(ColumnAnswer answer) => answer.Tokens.Count > 0 ? answer.Tokens[0] : null;
}
