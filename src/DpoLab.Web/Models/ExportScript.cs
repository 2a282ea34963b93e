namespace DpoLab.Web.Models;

/// <summary>The Python script that exports what transformers computes with a model; it is also served as a file, at <see cref="Urls.ExportScript"/>.</summary>
internal static class ExportScript
{
    private static readonly Lazy<string> Content = new(Read);

    /// <summary>Its text.</summary>
    public static string Text => Content.Value;

    private static string Read()
    {
        using var stream = typeof(ExportScript).Assembly.GetManifestResourceStream("export_values.py")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
