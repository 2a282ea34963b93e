namespace DpoLab.Compute.Tokenization.Models;

/// <summary>Tokens and their ids.</summary>
internal sealed class Vocabulary
{
    private readonly Dictionary<string, int> ids;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> bySpan;
    private readonly string?[] tokens;

    /// <summary>Tokens by id; of two tokens with one id the last is decoded to.</summary>
    /// <exception cref="InputException">An id is negative or far beyond the number of tokens.</exception>
    public Vocabulary(Dictionary<string, int> ids, string file)
    {
        this.ids = ids;
        bySpan = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        int size = 0;
        foreach (var (token, id) in ids)
        {
            // ids index arrays and embedding rows: a stray huge one would ask for gigabytes
            if (id < 0 || id > (16L * ids.Count) + 1_000_000)
                throw new InputException($"{file}: the token '{token}' has the id {id}, which no model of {ids.Count} tokens can have.");
            size = Math.Max(size, id + 1);
        }

        tokens = new string?[size];
        foreach (var (token, id) in ids)
            tokens[id] = token;
    }

    public int Size => tokens.Length;

    public int? IdOf(ReadOnlySpan<char> token) => bySpan.TryGetValue(token, out int id) ? id : null;

    public string? TokenOf(int id) => id >= 0 && id < tokens.Length ? tokens[id] : null;

    public IEnumerable<KeyValuePair<string, int>> All => ids;

    /// <summary>The ids of <c>&lt;0x00&gt;</c> … <c>&lt;0xFF&gt;</c>; null where a byte has none.</summary>
    public int?[] ByteIds() => [.. Enumerable.Range(0, 256).Select(b => IdOf($"<0x{b:X2}>"))];
}
