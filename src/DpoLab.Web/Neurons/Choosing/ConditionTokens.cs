using System.Globalization;

namespace DpoLab.Web.Neurons;

/// <summary>What a word of a condition is.</summary>
internal enum ConditionTokenKind
{
    Word,
    Number,
    Operator,
    Open,
    Close,
    Comma,
    End,
}

/// <summary>A word of a condition.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">As written; operators in one spelling (<c>&gt;=</c> for ≥).</param>
/// <param name="Position">From 0.</param>
/// <param name="Number">Numbers: their value.</param>
internal sealed record ConditionToken(ConditionTokenKind Kind, string Text, int Position, double Number = 0);

/// <summary>Cuts a condition into its words.</summary>
internal static class ConditionTokens
{
    public static IReadOnlyList<ConditionToken> Of(string text)
    {
        var tokens = new List<ConditionToken>();
        int at = 0;
        while (true)
        {
            while (at < text.Length && char.IsWhiteSpace(text[at]))
                at++;
            if (at == text.Length)
            {
                tokens.Add(new ConditionToken(ConditionTokenKind.End, "the end", at));
                return tokens;
            }

            ConditionToken token = Next(text, at, out int length);
            tokens.Add(token);
            at += length;
        }
    }

    private static ConditionToken Next(string text, int at, out int length)
    {
        char c = text[at];
        length = 1;
        switch (c)
        {
            case '(':
                return new ConditionToken(ConditionTokenKind.Open, "(", at);
            case ')':
                return new ConditionToken(ConditionTokenKind.Close, ")", at);
            case ',':
                return new ConditionToken(ConditionTokenKind.Comma, ",", at);
            case '≥' or '≤' or '≠':
                return new ConditionToken(ConditionTokenKind.Operator, c switch { '≥' => ">=", '≤' => "<=", _ => "!=" }, at);
            case '>' or '<' or '=' or '!':
                length = at + 1 < text.Length && text[at + 1] == '=' ? 2 : 1;
                string sign = text.Substring(at, length);
                return sign is "!"
                    ? throw new ConditionException(at, $"“!” at character {at + 1} stands alone. Write != or not.")
                    : new ConditionToken(ConditionTokenKind.Operator, sign is "==" ? "=" : sign, at);
        }

        if (char.IsLetter(c))
        {
            length = Length(text, at, x => char.IsLetterOrDigit(x) || x is '-' or '_');
            return new ConditionToken(ConditionTokenKind.Word, text.Substring(at, length).Replace('_', '-'), at);
        }

        if (char.IsAsciiDigit(c) || c is '.' or '-' or '−' or '+')
            return Number(text, at, out length);
        throw new ConditionException(at, $"“{c}” at character {at + 1} means nothing here. {ConditionParser.Example}");
    }

    private static ConditionToken Number(string text, int at, out int length)
    {
        length = 1 + Length(text, at + 1, x => char.IsAsciiLetterOrDigit(x) || x is '.');
        // a power has a sign of its own: 1e-5
        if (at + length < text.Length && text[at + length] is '-' or '+' or '−' && text[at + length - 1] is 'e' or 'E')
            length += 1 + Length(text, at + length + 1, char.IsAsciiDigit);
        string word = text.Substring(at, length);
        return double.TryParse(word.Replace('−', '-'), NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            ? new ConditionToken(ConditionTokenKind.Number, word, at, value)
            : throw new ConditionException(at, $"“{word}” at character {at + 1} is no number. Write one such as .1, −0.02 or 1e-5.");
    }

    private static int Length(string text, int at, Func<char, bool> belongs)
    {
        int end = at;
        while (end < text.Length && belongs(text[end]))
            end++;
        return end - at;
    }
}
