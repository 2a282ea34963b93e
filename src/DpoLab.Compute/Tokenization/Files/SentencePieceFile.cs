namespace DpoLab.Compute.Tokenization.Files;

/// <summary>What a piece is for.</summary>
internal enum PieceType
{
    Normal = 1,
    Unknown = 2,
    Control = 3,
    UserDefined = 4,
    Unused = 5,
    Byte = 6,
}

/// <summary>One entry of the vocabulary; its id is its place.</summary>
internal readonly record struct SentencePiece(string Text, float Score, PieceType Type);

/// <summary>A SentencePiece model file (a protocol-buffers message), as far as encoding and decoding need it.</summary>
internal sealed record SentencePieceFile
{
    public required IReadOnlyList<SentencePiece> Pieces { get; init; }

    /// <summary>False: unigram.</summary>
    public required bool IsBpe { get; init; }

    public required bool ByteFallback { get; init; }

    public required int Unknown { get; init; }

    /// <summary>Negative: none.</summary>
    public required int BeginOfText { get; init; }

    /// <summary>Negative: none.</summary>
    public required int EndOfText { get; init; }

    /// <summary>Negative: none.</summary>
    public required int Pad { get; init; }

    /// <summary>Empty: characters stay as they are.</summary>
    public required byte[] CharacterMap { get; init; }

    public required bool AddDummyPrefix { get; init; }

    public required bool RemoveExtraWhiteSpace { get; init; }

    /// <summary>Reads the message.</summary>
    /// <exception cref="InputException">It is malformed or of a kind that is not supported.</exception>
    public static SentencePieceFile Parse(ReadOnlySpan<byte> bytes, string where)
    {
        var pieces = new List<SentencePiece>();
        ReadOnlySpan<byte> trainer = default;
        ReadOnlySpan<byte> normalizer = default;
        var reader = new ProtobufReader(bytes, where);
        while (reader.Read())
        {
            if (reader.Field == 1)
                pieces.Add(ParsePiece(reader.Bytes, where));
            else if (reader.Field == 2)
                trainer = reader.Bytes;
            else if (reader.Field == 3)
                normalizer = reader.Bytes;
        }

        if (pieces.Count == 0)
            throw new InputException($"{where}: the vocabulary is empty.");
        return ParseNormalizer(normalizer, where, ParseTrainer(trainer, where, pieces));
    }

    private static SentencePiece ParsePiece(ReadOnlySpan<byte> bytes, string where)
    {
        string text = string.Empty;
        float score = 0;
        var type = PieceType.Normal;
        var reader = new ProtobufReader(bytes, where);
        while (reader.Read())
        {
            if (reader.Field == 1)
                text = reader.Text;
            else if (reader.Field == 2)
                score = reader.Single;
            else if (reader.Field == 3)
                type = (PieceType)reader.Integer;
        }

        return new SentencePiece(text, score, type);
    }

    private static SentencePieceFile ParseTrainer(ReadOnlySpan<byte> bytes, string where, List<SentencePiece> pieces)
    {
        int kind = 1;
        bool byteFallback = false;
        int unknown = 0;
        int begin = 1;
        int end = 2;
        int pad = -1;
        var reader = new ProtobufReader(bytes, where);
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 3: kind = reader.Integer; break;
                case 24 when reader.Number != 0: throw new InputException($"{where}: white space as a suffix of words is not supported.");
                case 35: byteFallback = reader.Number != 0; break;
                case 40: unknown = reader.Integer; break;
                case 41: begin = reader.Integer; break;
                case 42: end = reader.Integer; break;
                case 43: pad = reader.Integer; break;
            }
        }

        if (kind is not (1 or 2))
            throw new InputException($"{where}: the model type {kind} is not supported, only 1 (unigram) and 2 (BPE) are.");
        foreach (int id in new[] { unknown, begin, end, pad })
        {
            if (id >= pieces.Count)
                throw new InputException($"{where}: names the token {id}, but has {pieces.Count}.");
        }

        return new SentencePieceFile
        {
            Pieces = pieces,
            IsBpe = kind == 2,
            ByteFallback = byteFallback,
            Unknown = unknown,
            BeginOfText = begin,
            EndOfText = end,
            Pad = pad,
            CharacterMap = [],
            AddDummyPrefix = true,
            RemoveExtraWhiteSpace = true,
        };
    }

    private static SentencePieceFile ParseNormalizer(ReadOnlySpan<byte> bytes, string where, SentencePieceFile file)
    {
        var reader = new ProtobufReader(bytes, where);
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 2: file = file with { CharacterMap = reader.Bytes.ToArray() }; break;
                case 3: file = file with { AddDummyPrefix = reader.Number != 0 }; break;
                case 4: file = file with { RemoveExtraWhiteSpace = reader.Number != 0 }; break;
                case 5 when reader.Number == 0: throw new InputException($"{where}: white space that is not escaped is not supported.");
            }
        }

        return file;
    }
}
