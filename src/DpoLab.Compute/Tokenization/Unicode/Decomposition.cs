using System.Globalization;
using System.Text;

namespace DpoLab.Compute.Tokenization.Unicode;

/// <summary>
/// Full canonical decompositions (those of NFD, without the reordering of marks). Own tables, because .NET leaves text as it is when it runs
/// without a culture library, as the lab does.
/// </summary>
internal static class Decomposition
{
    private const int HangulBase = 0xAC00;
    private const int HangulCount = 11172;
    private static readonly Dictionary<int, Rune[]> Table = Read();

    /// <summary>The characters that a character is made of; itself if it is made of none.</summary>
    public static ReadOnlySpan<Rune> Canonical(Rune rune)
    {
        if (rune.Value < 0xC0)
            return new Rune[] { rune };
        if (rune.Value is >= HangulBase and < HangulBase + HangulCount)
            return Hangul(rune.Value - HangulBase);
        return Table.TryGetValue(rune.Value, out var parts) ? parts : new Rune[] { rune };
    }

    private static Rune[] Hangul(int syllable)
    {
        int tail = syllable % 28;
        var lead = new Rune(0x1100 + (syllable / 588));
        var vowel = new Rune(0x1161 + (syllable % 588 / 28));
        return tail == 0 ? [lead, vowel] : [lead, vowel, new Rune(0x11A7 + tail)];
    }

    private static Dictionary<int, Rune[]> Read()
    {
        var table = new Dictionary<int, Rune[]>();
        foreach (string line in UnicodeData.Lines("decompositions.txt"))
        {
            int[] codes = [.. line.Split(' ').Select(code => int.Parse(code, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
            table.Add(codes[0], [.. codes[1..].Select(code => new Rune(code))]);
        }

        return table;
    }
}
