using System.Text;

namespace DpoLab.Compute.Tokenization.Files;

/// <summary>The lines of a UTF-8 file that is part of a tokenizer.</summary>
internal static class TextLines
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Lines end at a line feed alone: vocabularies hold other line separators as tokens.</summary>
    public static string[] Read(string path)
    {
        try
        {
            string text = Strict.GetString(File.ReadAllBytes(path));
            string[] lines = text.Split('\n');
            for (int i = 0; i < lines.Length; i++)
                lines[i] = lines[i].TrimEnd('\r');
            return lines;
        }
        catch (DecoderFallbackException e)
        {
            throw new InputException($"{path}: is no valid UTF-8.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: cannot be read: {e.Message}", e);
        }
    }
}
