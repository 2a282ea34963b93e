namespace DpoLab.Web.Neurons;

/// <summary>A statistic of every neuron. Its kebab-case name stands in addresses, conditions and exports.</summary>
public enum NeuronColumn
{
    Layer,

    /// <summary>Index in the layer.</summary>
    Neuron,

    /// <summary>Of the base model's value vector with the direction.</summary>
    Cosine,
    ActivationBefore,
    ActivationAfter,
    ActivationChange,

    /// <summary>Population standard deviation of the activation, base model.</summary>
    DeviationBefore,
    DeviationAfter,
    ProjectionBefore,
    ProjectionAfter,
    ProjectionChange,

    /// <summary>Place by cosine, 1 = most toxic-aligned.</summary>
    ToxicRank,
}

/// <summary>How a column is called and written.</summary>
/// <param name="Column">Which.</param>
/// <param name="Name">In addresses, conditions and exports.</param>
/// <param name="Short">Column head.</param>
/// <param name="Title">Axis and explanation.</param>
/// <param name="Aliases">Other names that conditions take.</param>
public sealed record NeuronColumnWords(NeuronColumn Column, string Name, string Short, string Title, params IReadOnlyList<string> Aliases)
{
    /// <summary>Every column, in the order of lists and exports.</summary>
    public static IReadOnlyList<NeuronColumnWords> All { get; } =
    [
        new(NeuronColumn.Layer, "layer", "Layer", "Layer, from 0"),
        new(NeuronColumn.Neuron, "neuron", "Neuron", "Index in the layer, from 0", "index"),
        new(NeuronColumn.Cosine, "cosine", "Cos", "Cosine of the value vector with the direction", "cos"),
        new(NeuronColumn.ActivationBefore, "activation-before", "Before", "Mean activation of the base model", "before"),
        new(NeuronColumn.ActivationAfter, "activation-after", "After", "Mean activation of the tuned model", "after"),
        new(NeuronColumn.ActivationChange, "activation-change", "Δact", "Δ activation, after − before", "Δactivation", "Δact", "dact"),
        new(NeuronColumn.DeviationBefore, "deviation-before", "SD before", "Standard deviation of the activation, base model", "sd-before"),
        new(NeuronColumn.DeviationAfter, "deviation-after", "SD after", "Standard deviation of the activation, tuned model", "sd-after"),
        new(NeuronColumn.ProjectionBefore, "projection-before", "Proj before", "Mean projection on the direction, base model", "proj-before"),
        new(NeuronColumn.ProjectionAfter, "projection-after", "Proj after", "Mean projection on the direction, tuned model", "proj-after"),
        new(NeuronColumn.ProjectionChange, "projection-change", "Δproj", "Δ projection, after − before", "Δprojection", "Δproj", "dproj"),
        new(NeuronColumn.ToxicRank, "toxic-rank", "Rank", "Place by cosine, 1 = most toxic-aligned", "rank"),
    ];

    /// <summary>Those that make sense as an axis of the map.</summary>
    public static IReadOnlyList<NeuronColumnWords> Axes { get; } = [.. All.Where(c => c.Column is not NeuronColumn.Neuron)];

    /// <summary>The words of a column.</summary>
    public static NeuronColumnWords Of(NeuronColumn column) => All[(int)column];

    /// <summary>The column of a name or alias; null: none.</summary>
    public static NeuronColumn? Find(string? name) =>
        All.FirstOrDefault(c => Same(c.Name, name) || c.Aliases.Any(alias => Same(alias, name)))?.Column;

    /// <summary>A value as the lab writes it.</summary>
    public static string Write(NeuronColumn column, double value) => column switch
    {
        NeuronColumn.Layer or NeuronColumn.Neuron or NeuronColumn.ToxicRank => Shell.Numbers.Count(value),
        NeuronColumn.Cosine or NeuronColumn.ActivationChange => Shell.Numbers.Difference(value),
        NeuronColumn.ProjectionChange => Shell.Numbers.Difference(value, 4),
        NeuronColumn.ProjectionBefore or NeuronColumn.ProjectionAfter => Shell.Numbers.Fraction(value, 4),
        _ => Shell.Numbers.Share(value),
    };

    private static bool Same(string a, string? b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
