namespace DpoLab.Compute.Tokenization.Files;

/// <summary>What <c>tokenizer_config.json</c>, <c>special_tokens_map.json</c> and <c>config.json</c> say about a folder's tokenizer.</summary>
internal sealed class TokenizerSettings
{
    private readonly JsonPart? tokenizerConfig;
    private readonly JsonPart? specialTokens;
    private readonly JsonPart? modelConfig;

    private TokenizerSettings(JsonPart? tokenizerConfig, JsonPart? specialTokens, JsonPart? modelConfig)
    {
        this.tokenizerConfig = tokenizerConfig;
        this.specialTokens = specialTokens;
        this.modelConfig = modelConfig;
    }

    /// <summary>As <c>RobertaTokenizer</c>; null: not said.</summary>
    public string? TokenizerClass => tokenizerConfig?.OptionalText("tokenizer_class");

    /// <summary>As <c>roberta</c>; null: not said.</summary>
    public string? ModelType => modelConfig?.OptionalText("model_type");

    public static TokenizerSettings Read(string folder)
    {
        return new TokenizerSettings(ReadIfThere("tokenizer_config.json"), ReadIfThere("special_tokens_map.json"), ReadIfThere("config.json"));

        JsonPart? ReadIfThere(string name)
        {
            string path = Path.Combine(folder, name);
            return File.Exists(path) ? JsonPart.Read(path) : null;
        }
    }

    /// <summary>A true-or-false setting of <c>tokenizer_config.json</c>; null: absent.</summary>
    public bool? Flag(string name) => tokenizerConfig?.Optional(name)?.AsFlag();

    /// <summary>The spelling of a special token such as <c>eos_token</c>; null: the folder has none.</summary>
    public string? Special(string role)
    {
        var value = tokenizerConfig?.Optional(role) ?? specialTokens?.Optional(role);
        if (value is null)
            return null;
        return value.Value.IsObject ? value.Value.Text("content") : value.Value.AsText();
    }

    /// <summary>Tokens that the folder adds to the vocabulary, from <c>added_tokens_decoder</c>.</summary>
    public IEnumerable<AddedToken> AddedTokens()
    {
        if (tokenizerConfig?.Optional("added_tokens_decoder") is not { } list)
            yield break;
        foreach (var (name, token) in list.Properties())
        {
            if (!int.TryParse(name, out int id) || id is < 0 or > 10_000_000)
                throw new InputException($"{list.Where}: '{name}' is no token id.");
            bool special = token.Flag("special", false);
            yield return new AddedToken(
                id,
                token.Text("content"),
                special,
                token.Flag("normalized", !special),
                token.Flag("lstrip", false),
                token.Flag("rstrip", false),
                token.Flag("single_word", false));
        }
    }

    /// <summary>The ids of the tokens with a part of their own.</summary>
    public TokenRoles Roles(Func<string, int?> idOf)
    {
        return new TokenRoles(Role("bos_token"), Role("eos_token"), Special("pad_token") is { } pad ? idOf(pad) : null, MaxLength());

        // the model's configuration names ids where the tokenizer's is missing, as beside a bare vocab.json
        int? Role(string token) => Special(token) is { } content
            ? idOf(content)
            : FirstInteger(modelConfig?.Optional(token + "_id"));
    }

    private static int? FirstInteger(JsonPart? value)
    {
        if (value is null)
            return null;
        int? id = value.Value.IsArray ? value.Value.Items().Select(item => (int?)item.AsInteger()).FirstOrDefault() : value.Value.AsInteger();
        return id < 0 ? null : id;
    }

    /// <summary>Folders write 10^30 for "no limit".</summary>
    private int? MaxLength() =>
        tokenizerConfig?.Optional("model_max_length")?.AsNumber() is { } length and >= 1 and < 100_000_000 ? (int)length : null;
}
