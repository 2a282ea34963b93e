using System.Text;
using System.Text.Json.Nodes;

namespace DpoLab.Compute.Tests.Fuzzing;

/// <summary>Makes broken files out of good ones, the same ones for the same seed.</summary>
internal sealed class Mutator(int seed)
{
    private static readonly string[] Pieces =
    [
        "\"", "\\", "\n", "\r\n", ",", "{", "}", "[", "]", ":", "null", "-1", "1e999", "99999999999", "\u0000", "\uFEFF", "\\ud800", "<0x41>", "é", "😀", "PAR1",
    ];

    private static readonly string[] Values =
        ["null", "true", "-1", "0", "2147483647", "1e308", "\"\"", "\"x\"", "\"\\u2581\"", "[]", "{}", "[[]]", "{\"type\":\"Sequence\"}", "\"(a+)+$\""];

    private readonly SeededRandom random = new(seed);

    /// <summary>Changes some bytes: flipped, cut, doubled, or replaced by pieces that mean something to a parser.</summary>
    public byte[] Bytes(byte[] whole)
    {
        var bytes = new List<byte>(whole);
        for (int changes = 1 + random.Next(4); changes > 0 && bytes.Count > 0; changes--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(1 + random.Next(40), bytes.Count - at));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(1 + random.Next(200), bytes.Count - at)));
                    break;
                default:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)]));
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Replaces or removes one value somewhere in a JSON document that stays well formed.</summary>
    public byte[] Json(byte[] whole)
    {
        var root = JsonNode.Parse(whole)!;
        for (int changes = 1 + random.Next(2); changes > 0; changes--)
            Change(root);
        return Encoding.UTF8.GetBytes(root.ToJsonString());
    }

    /// <summary>One of the given, by chance.</summary>
    public T OneOf<T>(IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];

    /// <summary>A text of letters, spaces, halves of characters and special tokens.</summary>
    public string Text()
    {
        var text = new StringBuilder();
        for (int i = random.Next(60); i > 0; i--)
        {
            int kind = random.Next(4);
            if (kind == 0)
                text.Append((char)random.Next(0x10000));
            else
                text.Append(kind == 1 ? Pieces[random.Next(Pieces.Length)] : "aa ab");
        }

        return text.ToString();
    }

    private void Change(JsonNode root)
    {
        var node = root;
        while (true)
        {
            if (node is JsonObject { Count: > 0 } map)
            {
                string key = map.ElementAt(random.Next(map.Count)).Key;
                if (map[key] is (JsonObject or JsonArray) and { } inner && random.Next(4) > 0)
                {
                    node = inner;
                    continue;
                }

                if (random.Next(3) == 0)
                    map.Remove(key);
                else
                    map[key] = JsonNode.Parse(Values[random.Next(Values.Length)]);
                return;
            }

            if (node is JsonArray { Count: > 0 } list)
            {
                int at = random.Next(list.Count);
                if (list[at] is (JsonObject or JsonArray) and { } inner && random.Next(4) > 0)
                {
                    node = inner;
                    continue;
                }

                list[at] = JsonNode.Parse(Values[random.Next(Values.Length)]);
            }

            return;
        }
    }
}
