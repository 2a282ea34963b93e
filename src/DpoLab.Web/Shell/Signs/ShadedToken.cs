namespace DpoLab.Web.Shell;

/// <summary>A token and where it points.</summary>
/// <param name="Text">As the tokenizer decodes it, leading space included.</param>
/// <param name="Projection">On the direction; null: not known, drawn unshaded.</param>
public sealed record ShadedToken(string Text, double? Projection);
