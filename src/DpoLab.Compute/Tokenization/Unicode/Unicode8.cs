using System.Globalization;
using System.Text;

namespace DpoLab.Compute.Tokenization.Unicode;

/// <summary>
/// Character categories as in Unicode 8, the version that the tokenizers library has for BERT. Later characters count as unassigned there:
/// they are neither control characters nor marks nor punctuation.
/// </summary>
internal static class Unicode8
{
    private static readonly int[] AssignedRanges = Read();

    /// <summary>Cc, Cf or Co.</summary>
    public static bool IsControl(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse && IsAssigned(rune);

    /// <summary>Mn.</summary>
    public static bool IsNonSpacingMark(Rune rune) =>
        rune.Value >= 0x300 && Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark && IsAssigned(rune);

    /// <summary>ASCII punctuation and symbols, or P*.</summary>
    public static bool IsBertPunctuation(Rune rune)
    {
        if (rune.IsAscii)
            return char.IsPunctuation((char)rune.Value) || char.IsSymbol((char)rune.Value);
        return Rune.IsPunctuation(rune) && IsAssigned(rune);
    }

    private static bool IsAssigned(Rune rune)
    {
        int place = Array.BinarySearch(AssignedRanges, rune.Value);
        // even places begin a range, odd ones are its last character
        return place >= 0 || (~place & 1) == 1;
    }

    private static int[] Read() =>
    [
        .. UnicodeData.Lines("assigned-8.0.txt")
            .SelectMany(line => line.Split(".."))
            .Select(code => int.Parse(code, NumberStyles.HexNumber, CultureInfo.InvariantCulture)),
    ];
}
