using System.Globalization;
using System.Text.RegularExpressions;
using DpoLab.Contracts.Runs;

namespace DpoLab.Web.Neurons;

/// <summary>A neuron as people type it: <c>L19 n770</c>, <c>L19.770</c>, <c>l19n770</c>.</summary>
public static partial class NeuronName
{
    /// <summary>Null: the text names no neuron.</summary>
    public static NeuronIndex? Parse(string text) =>
        Name().Match(text) is { Success: true } match
        && int.TryParse(match.Groups["layer"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int layer)
        && int.TryParse(match.Groups["neuron"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int neuron)
            ? new NeuronIndex(layer, neuron)
            : null;

    [GeneratedRegex(@"^\s*L\s*(?<layer>[0-9]+)\s*(?:[.·,:/ ]\s*n?|n)\s*(?<neuron>[0-9]+)\s*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();
}
