using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Web.Neurons;

/// <summary>
/// Reads conditions on neurons: <c>cosine &gt; 0.1 and layer ≥ 12 and group = TP</c>. Comparisons of a statistic (<see cref="NeuronColumnWords"/>) with
/// a number, or of the group with TP, TN, AP, AN, lowered, raised, none; joined by <c>and</c>, <c>or</c>, <c>not</c> and brackets.
/// </summary>
public sealed class ConditionParser
{
    internal const string Example = "Write a condition such as cosine > 0.1 and layer >= 12 and group = TP.";

    private readonly IReadOnlyList<ConditionToken> tokens;
    private int at;

    private ConditionParser(string text) => tokens = ConditionTokens.Of(text);

    private ConditionToken Now => tokens[at];

    /// <summary>What decides for each neuron of a table whether the condition holds.</summary>
    /// <exception cref="ConditionException">The text is no condition; the message says where and why.</exception>
    public static Func<NeuronTable, Func<int, bool>> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parser = new ConditionParser(text);
        var condition = parser.Any();
        return parser.Now.Kind is ConditionTokenKind.End
            ? condition
            : throw parser.Unexpected("and, or, or the end");
    }

    private Func<NeuronTable, Func<int, bool>> Any()
    {
        var left = All();
        while (Takes("or"))
        {
            var (a, b) = (left, All());
            left = table =>
            {
                var (x, y) = (a(table), b(table));
                return i => x(i) || y(i);
            };
        }

        return left;
    }

    private Func<NeuronTable, Func<int, bool>> All()
    {
        var left = One();
        while (Takes("and"))
        {
            var (a, b) = (left, One());
            left = table =>
            {
                var (x, y) = (a(table), b(table));
                return i => x(i) && y(i);
            };
        }

        return left;
    }

    private Func<NeuronTable, Func<int, bool>> One()
    {
        if (Takes("not"))
        {
            var negated = One();
            return table =>
            {
                var x = negated(table);
                return i => !x(i);
            };
        }

        if (Now.Kind is not ConditionTokenKind.Open)
            return Comparison();
        at++;
        var inner = Any();
        Take(ConditionTokenKind.Close, "a closing bracket");
        return inner;
    }

    private Func<NeuronTable, Func<int, bool>> Comparison()
    {
        ConditionToken name = Take(ConditionTokenKind.Word, "a statistic such as cosine, or group");
        if (name.Text.Equals("group", StringComparison.OrdinalIgnoreCase))
            return Groups();
        if (NeuronColumnWords.Find(name.Text) is not { } column)
        {
            throw new ConditionException(
                name.Position,
                $"“{name.Text}” at character {name.Position + 1} is no statistic. There are group, {string.Join(", ", NeuronColumnWords.All.Select(c => c.Name))}.");
        }

        string sign = Take(ConditionTokenKind.Operator, "a comparison: > ≥ < ≤ = ≠").Text;
        double limit = Take(ConditionTokenKind.Number, "a number").Number;
        return table =>
        {
            double[] values = table[column];
            return sign switch
            {
                ">" => i => values[i] > limit,
                ">=" => i => values[i] >= limit,
                "<" => i => values[i] < limit,
                "<=" => i => values[i] <= limit,
                "=" => i => values[i] == limit,
                _ => i => values[i] != limit,
            };
        };
    }

    private Func<NeuronTable, Func<int, bool>> Groups()
    {
        bool among = Takes("in");
        ConditionToken sign = among ? new ConditionToken(ConditionTokenKind.Operator, "=", Now.Position) : Take(ConditionTokenKind.Operator, "=, ≠ or in");
        if (sign.Text is not ("=" or "!="))
            throw new ConditionException(sign.Position, $"“{sign.Text}” at character {sign.Position + 1}: groups have no order. Write group = TP, group != TP or group in (TP, AN).");
        var codes = new bool[9];
        if (among)
        {
            Take(ConditionTokenKind.Open, "an opening bracket");
            do
                Mark(codes);
            while (TakesComma());
            Take(ConditionTokenKind.Close, "a comma or a closing bracket");
        }
        else
        {
            Mark(codes);
        }

        bool wanted = sign.Text == "=";
        return table => i => codes[table.Codes[i]] == wanted;
    }

    /// <summary>Marks the codes (<see cref="NeuronArrays.Code"/>) that a group's name stands for.</summary>
    private void Mark(bool[] codes)
    {
        ConditionToken name = Take(ConditionTokenKind.Word, "a group: TP, TN, AP, AN, lowered, raised or none");
        (int from, int to) = name.Text.ToUpperInvariant() switch
        {
            "TP" => Only(NeuronGroup.Tp),
            "TN" => Only(NeuronGroup.Tn),
            "AP" => Only(NeuronGroup.Ap),
            "AN" => Only(NeuronGroup.An),
            "LOWERED" => (1, 4),
            "RAISED" => (5, 8),
            "NONE" => (0, 0),
            _ => throw new ConditionException(
                name.Position, $"“{name.Text}” at character {name.Position + 1} is no group. There are TP, TN, AP, AN, lowered, raised and none."),
        };
        Array.Fill(codes, true, from, to - from + 1);
    }

    private static (int From, int To) Only(NeuronGroup group)
    {
        int code = NeuronArrays.Code(group, lowered: true);
        return (code, code);
    }

    private bool Takes(string word)
    {
        if (Now.Kind is not ConditionTokenKind.Word || !Now.Text.Equals(word, StringComparison.OrdinalIgnoreCase))
            return false;
        at++;
        return true;
    }

    private bool TakesComma()
    {
        if (Now.Kind is not ConditionTokenKind.Comma)
            return false;
        at++;
        return true;
    }

    private ConditionToken Take(ConditionTokenKind kind, string expected)
    {
        ConditionToken token = Now;
        if (token.Kind != kind)
            throw Unexpected(expected);
        at++;
        return token;
    }

    private ConditionException Unexpected(string expected) => new(
        Now.Position,
        Now.Kind is ConditionTokenKind.End
            ? $"The condition ends where {expected} was expected. {Example}"
            : $"“{Now.Text}” at character {Now.Position + 1}: {expected} was expected.");
}
