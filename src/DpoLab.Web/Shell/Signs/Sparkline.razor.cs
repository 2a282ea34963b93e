using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Shell;

/// <summary>A small curve without axes.</summary>
public partial class Sparkline
{
    private const int Width = 84;
    private const int Height = 20;

    /// <summary>Values in order; those that are not finite are left out.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<double> Values { get; set; } = [];

    /// <summary>A colour token of the series.</summary>
    [Parameter]
    public string Series { get; set; } = "dpo";

    [Parameter]
    public string Label { get; set; } = "course so far";

    private string? Path { get; set; }

    private (string X, string Y) Last { get; set; }

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        double[] values = [.. Values.Where(double.IsFinite)];
        Path = null;
        if (values.Length < 2)
            return;
        double least = values.Min(), span = values.Max() - least;
        var path = new StringBuilder();
        for (int i = 0; i < values.Length; i++)
        {
            double height = span > 0 ? (values[i] - least) / span : 0.5;
            Last = (Text(2 + (i * (Width - 6.0) / (values.Length - 1))), Text(3 + ((1 - height) * (Height - 6))));
            path.Append(i == 0 ? 'M' : 'L').Append(Last.X).Append(' ').Append(Last.Y);
        }

        Path = path.ToString();
    }

    private static string Text(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
}
