namespace DpoLab.Compute.Tokenization.Files;

/// <summary><c>tokenizer.model</c> without a <c>tokenizer.json</c>.</summary>
internal static class SentencePieceFiles
{
    public static TokenizerParts Read(string path, TokenizerSettings settings) =>
        throw new InputException($"{path}: reading {Path.GetFileName(path)} without tokenizer.json is not supported. Add the model's tokenizer.json ({settings.TokenizerClass}).");
}
