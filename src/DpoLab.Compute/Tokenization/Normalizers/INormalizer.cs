namespace DpoLab.Compute.Tokenization.Normalizers;

/// <summary>Rewrites a stretch of text before it is cut into pieces.</summary>
internal interface INormalizer
{
    string Normalize(string text);
}
