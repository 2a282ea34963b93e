using DpoLab.Web.Data;

namespace DpoLab.Web.Studies.Graph;

/// <summary>Where a node stands: left and width in percent of the canvas, top in pixels.</summary>
internal sealed record PlacedNode(StudyNode Node, double Left, double Top);

/// <summary>A need: from the right end of one node to the left end of another, in the canvas's own units.</summary>
/// <param name="Path">SVG path data; x runs from 0 to 1000.</param>
/// <param name="Waits">The one that needs has not begun.</param>
internal sealed record PlacedEdge(string Path, bool Waits);

/// <summary>Places a study's runs: columns left to right as given, within a column near to what each needs.</summary>
internal sealed class GraphLayout
{
    public const double NodeHeight = 40;
    private const double RowHeight = 46;

    /// <summary>Percent of the canvas, with room for edges between the columns.</summary>
    private const double MostWidth = 23;

    private GraphLayout(IReadOnlyList<StudyNode> nodes)
    {
        var columns = nodes.GroupBy(node => node.Column).OrderBy(group => group.Key).Select(group => group.OrderBy(node => node.Row).ToList()).ToList();
        int tallest = columns.Count == 0 ? 0 : columns.Max(column => column.Count);
        Height = tallest * RowHeight - (RowHeight - NodeHeight) + 2;
        Width = Math.Min(MostWidth, 72.0 / Math.Max(columns.Count, 1));
        var placed = new Dictionary<string, PlacedNode>(StringComparer.Ordinal);
        for (int i = 0; i < columns.Count; i++)
        {
            double left = columns.Count == 1 ? 0 : i * (100 - Width) / (columns.Count - 1);
            double first = (tallest - columns[i].Count) * RowHeight / 2 + 1;
            foreach (var (node, row) in Ordered(columns[i], placed).Select((node, row) => (node, row)))
                placed[node.Run.Id] = new PlacedNode(node, left, first + row * RowHeight);
        }

        Nodes = [.. placed.Values];
        Edges = [.. placed.Values.SelectMany(to => to.Node.Needs.Where(placed.ContainsKey).Select(need => Edge(placed[need], to)))];
    }

    /// <summary>Pixels.</summary>
    public double Height { get; }

    /// <summary>Of a node, percent of the canvas.</summary>
    public double Width { get; }

    public IReadOnlyList<PlacedNode> Nodes { get; }

    public IReadOnlyList<PlacedEdge> Edges { get; }

    public static GraphLayout Of(IReadOnlyList<StudyNode> nodes) => new(nodes);

    /// <summary>By the mean height of what they need, so that edges cross as little as a simple rule achieves.</summary>
    private static IEnumerable<StudyNode> Ordered(List<StudyNode> column, Dictionary<string, PlacedNode> placed) =>
        column.OrderBy(node => node.Needs.Where(placed.ContainsKey).Select(need => placed[need].Top).DefaultIfEmpty(0).Average());

    private PlacedEdge Edge(PlacedNode from, PlacedNode to)
    {
        double x1 = (from.Left + Width) * 10, x2 = to.Left * 10, y1 = from.Top + NodeHeight / 2, y2 = to.Top + NodeHeight / 2, bend = (x2 - x1) * 0.45;
        string path = FormattableString.Invariant($"M{x1:0.#} {y1:0.#}C{x1 + bend:0.#} {y1:0.#} {x2 - bend:0.#} {y2:0.#} {x2:0.#} {y2:0.#}");
        return new PlacedEdge(path, to.Node.Run.Status.State is RunState.Waiting or RunState.Queued);
    }
}
