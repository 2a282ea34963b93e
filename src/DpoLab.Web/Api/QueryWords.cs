using System.Text.Json;

namespace DpoLab.Web.Api;

/// <summary>Words in a query string, spelled as in the JSON: <c>most-toxic</c>, <c>running</c>.</summary>
internal static class QueryWords
{
    /// <summary>The values that the words name.</summary>
    /// <exception cref="InputRefusedException">A word names none; the message lists those that there are.</exception>
    public static T[] Parse<T>(string field, params string[]? words)
        where T : struct, Enum => [.. (words ?? []).Select(word => Parse<T>(field, word))];

    private static T Parse<T>(string field, string word)
        where T : struct, Enum
    {
        foreach (T value in Enum.GetValues<T>())
        {
            if (Spelled(value).Equals(word, StringComparison.OrdinalIgnoreCase))
                return value;
        }

        throw new InputRefusedException(field, $"'{word}' is not known. Use one of: {string.Join(", ", Enum.GetValues<T>().Select(Spelled))}.");
    }

    private static string Spelled<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());
}
