using DpoLab.Web.Charts;
using DpoLab.Web.Live;
using DpoLab.Web.Runs;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Compare;

/// <summary>Runs, or studies, side by side; the address says which.</summary>
public sealed partial class ComparePage
{
    private const string PreferredCurve = "validation/loss";

    /// <summary>Colour and dash of each thing's curve: told apart without colour too.</summary>
    private static readonly (string Color, string? Dash)[] Looks = [("base", null), ("dpo", null), ("edited", null), ("patched", null), ("dpo", "base"), ("edited", "base")];

    private Comparison? comparison;
    private IReadOnlyList<string> names = [];
    private IReadOnlyList<LineCurve> lines = [];
    private string? curve;

    [Inject]
    private ComparisonQueries Queries { get; set; } = null!;

    [Inject]
    private MetricQueries Metrics { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "runs")]
    private string? RunIds { get; set; }

    [SupplyParameterFromQuery(Name = "studies")]
    private string? StudyIds { get; set; }

    [SupplyParameterFromQuery(Name = "curve")]
    private string? Chosen { get; set; }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> WatchedTopics => [.. Split(RunIds).Select(Topics.Run), .. Split(StudyIds).Select(Topics.Study)];

    private RenderFragment Heads => builder =>
    {
        foreach (ComparedThing thing in comparison?.Things ?? [])
        {
            builder.OpenElement(0, "th");
            builder.OpenElement(1, "a");
            builder.AddAttribute(2, "href", thing.Href);
            builder.AddAttribute(3, "title", thing.Id);
            builder.AddContent(4, thing.Name);
            builder.CloseElement();
            builder.CloseElement();
        }
    };

    /// <inheritdoc/>
    protected override async Task LoadAsync()
    {
        comparison = await Queries.CompareAsync(Split(RunIds), Split(StudyIds));
        names = [.. comparison.Things.SelectMany(thing => thing.Series).Select(series => series.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        curve = names.Contains(Chosen) ? Chosen : names.Contains(PreferredCurve) ? PreferredCurve : names.Count > 0 ? names[0] : null;
        lines = curve is null ? [] : await LinesAsync(comparison, curve);
    }

    private async Task<IReadOnlyList<LineCurve>> LinesAsync(Comparison of, string name)
    {
        var found = new List<LineCurve>();
        foreach (var (thing, look) in of.Things.Zip(Looks))
        {
            if (thing.Series.Any(series => series.Name == name))
            {
                var curves = await Metrics.CurvesAsync(thing.SeriesRunId!, [name]);
                found.Add(new LineCurve { Name = thing.Name, Color = look.Color, Dash = look.Dash, Width = 1.5, Curve = curves.Count > 0 ? curves[0] : null });
            }
        }

        return found;
    }

    private static string[] Split(string? ids) => ids?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    private void Go(string name, string? value) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(name, value), replace: true);
}
