using System.Globalization;
using System.Text;

namespace DpoLab.Web.Neurons;

/// <summary>How single tokens are spelled on pages.</summary>
internal static class NeuronTokens
{
    /// <summary>A leading space as a dot, white space, control characters and lone bytes as signs: they would look like nothing.</summary>
    public static string Visible(string token)
    {
        var text = new StringBuilder(token.Length);
        for (int i = 0; i < token.Length; i++)
        {
            text.Append(token[i] switch
            {
                ' ' when i == 0 => "·",
                '\n' => "↵",
                '\t' => "⇥",
                '\uFFFD' => "⟨byte⟩",
                char c when char.IsControl(c) => string.Create(CultureInfo.InvariantCulture, $"⟨{(int)c:x2}⟩"),
                char c => c.ToString(),
            });
        }

        return text.ToString();
    }
}
