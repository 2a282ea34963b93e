using System.Globalization;
using System.Text;

namespace DpoLab.Compute.Tokenization.Unicode;

/// <summary>The canonical normal forms of Unicode (UAX 15): NFD takes characters apart, NFC puts them together again.</summary>
internal static class CanonicalNormalization
{
    private const int LeadBase = 0x1100;
    private const int VowelBase = 0x1161;
    private const int TailBase = 0x11A7;
    private const int SyllableBase = 0xAC00;
    private const int Leads = 19;
    private const int Vowels = 21;
    private const int Tails = 28;

    private static readonly Dictionary<(int First, int Second), int> Compositions = ReadCompositions();
    private static readonly Dictionary<int, int> Classes = ReadClasses();

    /// <summary>NFD.</summary>
    public static string Decomposed(string text) => IsPlain(text) ? text : Join(Decompose(text));

    /// <summary>NFC.</summary>
    public static string Composed(string text)
    {
        if (IsPlain(text))
            return text;
        var characters = Decompose(text);
        Compose(characters);
        return Join(characters);
    }

    /// <summary>Below U+00C0 both forms are the text itself.</summary>
    private static bool IsPlain(string text) => text.AsSpan().IndexOfAnyExceptInRange('\0', '\u00BF') < 0;

    private static List<int> Decompose(string text)
    {
        var characters = new List<int>(text.Length + 8);
        foreach (var rune in text.EnumerateRunes())
        {
            foreach (var part in Decomposition.Canonical(rune))
                characters.Add(part.Value);
        }

        Reorder(characters);
        return characters;
    }

    /// <summary>Marks after one character go by their class; marks of one class keep their order.</summary>
    private static void Reorder(List<int> characters)
    {
        for (int start = 0; start < characters.Count; start++)
        {
            if (ClassOf(characters[start]) == 0)
                continue;
            int end = start;
            while (end < characters.Count && ClassOf(characters[end]) != 0)
                end++;
            int[] sorted = [.. characters[start..end].OrderBy(ClassOf)];
            for (int i = 0; i < sorted.Length; i++)
                characters[start + i] = sorted[i];
            start = end;
        }
    }

    private static void Compose(List<int> characters)
    {
        int starter = -1; // place of the character that what follows may join
        int lastClass = 0; // class of the last character that stayed after it
        int kept = 0;
        foreach (int character in characters.ToArray())
        {
            int own = ClassOf(character);
            bool blocked = kept - starter > 1 && (lastClass == 0 || lastClass >= own);
            if (starter >= 0 && !blocked && Pair(characters[starter], character) is { } composite)
            {
                characters[starter] = composite;
                continue;
            }

            if (own == 0)
                starter = kept;
            lastClass = own;
            characters[kept++] = character;
        }

        characters.RemoveRange(kept, characters.Count - kept);
    }

    private static int? Pair(int first, int second)
    {
        if (first is >= LeadBase and < LeadBase + Leads && second is >= VowelBase and < VowelBase + Vowels)
            return SyllableBase + ((((first - LeadBase) * Vowels) + second - VowelBase) * Tails);
        bool open = first is >= SyllableBase and < SyllableBase + (Leads * Vowels * Tails) && (first - SyllableBase) % Tails == 0;
        if (open && second is > TailBase and < TailBase + Tails)
            return first + second - TailBase;
        return Compositions.TryGetValue((first, second), out int composite) ? composite : null;
    }

    private static int ClassOf(int character) => character < 0x300 ? 0 : Classes.GetValueOrDefault(character);

    private static string Join(List<int> characters)
    {
        var text = new StringBuilder(characters.Count);
        foreach (int character in characters)
            Utf16.Append(text, new Rune(character));
        return text.ToString();
    }

    private static Dictionary<(int First, int Second), int> ReadCompositions() =>
        UnicodeData.Lines("compositions.txt").Select(Codes).ToDictionary(c => (c[0], c[1]), c => c[2]);

    private static Dictionary<int, int> ReadClasses()
    {
        var classes = new Dictionary<int, int>();
        foreach (int[] range in UnicodeData.Lines("combining-classes.txt").Select(Codes))
        {
            for (int character = range[0]; character <= range[1]; character++)
                classes[character] = range[2];
        }

        return classes;
    }

    private static int[] Codes(string line) =>
        [.. line.Split(' ').Select(code => int.Parse(code, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
}
