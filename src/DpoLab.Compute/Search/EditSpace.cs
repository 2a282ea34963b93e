using System.Globalization;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Search;

/// <summary>The edits that a search chooses from: form, direction of change, α, β, a switch for each group, first and last layer.</summary>
public sealed class EditSpace
{
    private const string Form = "form";
    private const string Direction = "direction";
    private const string Alpha = "alpha";
    private const string Beta = "beta";
    private const string First = "first layer";
    private const string Last = "last layer";
    private readonly SearchParameters parameters;
    private readonly int layers;

    /// <summary>The space of a spec, on one model.</summary>
    /// <param name="parameters">What may be tried.</param>
    /// <param name="layers">Of the model.</param>
    public EditSpace(SearchParameters parameters, int layers)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        (this.parameters, this.layers) = (parameters, layers);
        Dimensions =
        [
            new ChoiceDimension(Form, parameters.Forms.Count),
            .. parameters.BothDirections ? [new ChoiceDimension(Direction, 2)] : Array.Empty<SearchDimension>(),
            new RealDimension(Alpha, parameters.LeastAlpha, parameters.MostAlpha, Logarithmic: true),
            new RealDimension(Beta, parameters.LeastBeta, parameters.MostBeta),
            .. parameters.SwitchGroups ? parameters.Groups.Select(group => new ChoiceDimension(NameOf(group), 2)) : [],
            .. parameters.ChooseLayers ? [new IntegerDimension(First, 0, layers - 1), new IntegerDimension(Last, 0, layers - 1)] : Array.Empty<SearchDimension>(),
        ];
    }

    /// <summary>One for each thing that is chosen.</summary>
    public IReadOnlyList<SearchDimension> Dimensions { get; }

    /// <summary>False where no group is on, or the last layer lies before the first.</summary>
    public bool Allows(double[] point) =>
        (!parameters.SwitchGroups || parameters.Groups.Any(group => Value(point, NameOf(group)) == 1))
        && (!parameters.ChooseLayers || Value(point, First) <= Value(point, Last));

    /// <summary>The edit of a point; α and β with three digits, which is what is tried and told.</summary>
    public EditIntervention At(double[] point) => new()
    {
        Form = parameters.Forms[(int)Value(point, Form)!],
        Reversed = Value(point, Direction) == 1,
        Alpha = Rounded(Value(point, Alpha)!.Value, parameters.LeastAlpha, parameters.MostAlpha),
        Beta = Rounded(Value(point, Beta)!.Value, parameters.LeastBeta, parameters.MostBeta),
        Groups = [.. parameters.Groups.Where(group => Value(point, NameOf(group)) is null or 1)],
        FirstLayer = (int?)Value(point, First),
        LastLayer = (int?)Value(point, Last),
    };

    /// <summary>The point of an edit; null: it lies outside of this space.</summary>
    public double[]? PointOf(EditIntervention edit)
    {
        ArgumentNullException.ThrowIfNull(edit);
        int form = parameters.Forms.ToList().IndexOf(edit.Form);
        bool inside = form >= 0
            && (parameters.BothDirections || !edit.Reversed)
            && edit.Alpha >= parameters.LeastAlpha && edit.Alpha <= parameters.MostAlpha
            && edit.Beta >= parameters.LeastBeta && edit.Beta <= parameters.MostBeta
            && edit.Groups.All(parameters.Groups.Contains)
            && (parameters.SwitchGroups || edit.Groups.Count == parameters.Groups.Count)
            && (parameters.ChooseLayers || (edit.FirstLayer is null or 0 && (edit.LastLayer is null || edit.LastLayer == layers - 1)));
        return inside ? [.. Dimensions.Select(Of)] : null;

        double Of(SearchDimension dimension) => dimension.Name switch
        {
            Form => form,
            Direction => edit.Reversed ? 1 : 0,
            Alpha => edit.Alpha,
            Beta => edit.Beta,
            First => edit.FirstLayer ?? 0,
            Last => edit.LastLayer ?? layers - 1,
            _ => edit.Groups.Any(group => NameOf(group) == dimension.Name) ? 1 : 0,
        };
    }

    private static string NameOf(NeuronGroup group) => "group " + group;

    private static double Rounded(double value, double least, double most) =>
        Math.Clamp(double.Parse(value.ToString("g3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), least, most);

    private double? Value(double[] point, string name)
    {
        for (int d = 0; d < Dimensions.Count; d++)
        {
            if (Dimensions[d].Name == name)
                return point[d];
        }

        return null;
    }
}
