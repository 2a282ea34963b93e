namespace DpoLab.Compute.Tokenization.Files;

/// <summary>Finds out which of a folder's files make its tokenizer, and reads them.</summary>
internal static class TokenizerFolder
{
    public const string TokenizerJsonFile = "tokenizer.json";

    /// <summary>SentencePiece (or tiktoken) files by the names that folders give them.</summary>
    private static readonly string[] ModelFiles = ["tokenizer.model", "spm.model", "sentencepiece.bpe.model", "spiece.model"];

    /// <summary>The stages that the folder describes.</summary>
    /// <exception cref="InputException">There is no tokenizer, or it cannot be used.</exception>
    public static TokenizerParts Read(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!Directory.Exists(folder))
            throw new InputException($"{folder}: there is no such folder.");
        var settings = TokenizerSettings.Read(folder);
        var parts = ReadFiles(folder, settings);
        var named = settings.Roles(content => IdOf(parts, content));
        return parts with
        {
            Roles = named with
            {
                BeginOfText = named.BeginOfText ?? parts.Roles.BeginOfText,
                EndOfText = named.EndOfText ?? parts.Roles.EndOfText,
                Pad = named.Pad ?? parts.Roles.Pad,
            },
        };
    }

    private static TokenizerParts ReadFiles(string folder, TokenizerSettings settings)
    {
        string json = Path.Combine(folder, TokenizerJsonFile);
        string? model = ModelFiles.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        if (File.Exists(json))
        {
            var parts = TokenizerJson.Read(json);
            return model is null
                ? parts
                : parts with { Notes = [$"{TokenizerJsonFile} counts; {Path.GetFileName(model)}, which can disagree with it, was not read."] };
        }

        if (File.Exists(Path.Combine(folder, "vocab.json")) && File.Exists(Path.Combine(folder, "merges.txt")))
            return ByteLevelFiles.Read(folder, settings);
        if (File.Exists(Path.Combine(folder, "vocab.txt")))
            return WordPieceFiles.Read(folder, settings);
        if (model is not null)
            return SentencePieceFiles.Read(model, settings);
        throw new InputException(
            $"{folder}: has no tokenizer. Expected {TokenizerJsonFile}, or vocab.json with merges.txt, or vocab.txt, or tokenizer.model. "
            + "Copy the tokenizer's files into the model's folder.");
    }

    private static int? IdOf(TokenizerParts parts, string content) =>
        parts.AddedTokens.FirstOrDefault(t => string.Equals(t.Content, content, StringComparison.Ordinal))?.Id ?? parts.Model.IdOf(content);
}
