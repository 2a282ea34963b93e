using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Shell;

namespace DpoLab.Web.Charts;

/// <summary>The four groups as lying bars: what DPO lowered to the left, filled; what moved against it to the right, outlined.</summary>
internal static class GroupFigure
{
    public static ChartFigure Of(IReadOnlyList<GroupSummary> groups)
    {
        double left = groups.Max(g => g.Reduction), right = groups.Max(g => g.CounterMovement);
        return new ChartFigure
        {
            // room for the numbers beside the bars
            X = new ChartAxis { Title = "Σ Δproj: lowered by DPO, and raised against it", From = -1.28 * left, To = Math.Max(1.35 * right, 0.25 * left) },
            Y = new ChartAxis { Categories = [.. groups.Select(g => new ChartCategory(Words.Of(g.Group), Text(g), Shape(g.Group), Words.Of(g.Group).ToLowerInvariant()))] },
            Grid = true,
            Sideways = true,
            Series =
            [
                Bars("lowered", groups, g => -g.Reduction, g => $"{Words.Of(g.Group)}: {Numbers.Count(g.Lowered)} of {Numbers.Count(g.Total)} lowered, Σ Δproj {Change(-g.Reduction)}", hollow: false),
                Bars("raised", groups, g => g.CounterMovement, g => $"{Words.Of(g.Group)}: {Numbers.Count(g.Raised)} raised, Σ Δproj {Change(g.CounterMovement)}", hollow: true),
            ],
        };
    }

    private static ChartSeries Bars(string name, IReadOnlyList<GroupSummary> groups, Func<GroupSummary, double> value, Func<GroupSummary, string> hover, bool hollow) => new()
    {
        Name = name,
        Form = "bars",
        Color = "dpo",
        Colors = [.. groups.Select(g => Words.Of(g.Group).ToLowerInvariant())],
        X = [.. groups.Select(g => (object)value(g))],
        Y = [.. groups.Select(g => (object?)Words.Of(g.Group))],
        Text = [.. groups.Select(g => Change(value(g)))],
        Hover = [.. groups.Select(hover)],
        Hollow = hollow,
        BarWidth = 0.48,
    };

    private static string Change(double value) => Numbers.Difference(value, Math.Abs(value) < 0.1 ? 4 : 2);

    private static string Text(GroupSummary g) =>
        $"<b>{Words.Of(g.Group)}</b>  {Numbers.Count(g.Lowered)}  <b>{Numbers.Percent(g.Share)}</b>";

    private static string Shape(NeuronGroup group) => group switch
    {
        NeuronGroup.Tp => "▲",
        NeuronGroup.Tn => "▼",
        NeuronGroup.Ap => "●",
        _ => "■",
    };
}
