using DpoLab.Contracts.Results;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Charts;

/// <summary>Every row on one plane, toxicity against perplexity: intervals, the Pareto front, DPO's interval as a band.</summary>
public sealed partial class ToxicityPerplexityChart
{
    private PlaneFigure plane = null!;
    private ChartFigure figure = null!;
    private IReadOnlyList<EvaluationRow>? drawn;

    [Parameter, EditorRequired]
    public IReadOnlyList<EvaluationRow> Rows { get; set; } = [];

    [Parameter]
    public int Height { get; set; } = 372;

    /// <summary>Unit of the x axis, with the text that was scored.</summary>
    [Parameter]
    public string PerplexityTitle { get; set; } = "Perplexity";

    [Parameter]
    public EventCallback<EvaluationRow> RowClicked { get; set; }

    /// <summary>Rows that lie within the drawn plane.</summary>
    public int Shown => plane.Shown;

    private string Label => $"Toxicity against perplexity, {plane.Shown} of {Rows.Count} rows";

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        if (ReferenceEquals(drawn, Rows))
            return;
        drawn = Rows;
        plane = PlaneFigure.Of(Rows, PerplexityTitle);
        figure = plane.Figure with { Clickable = RowClicked.HasDelegate };
    }

    private Task OnClickedAsync((string Series, int Index) point) =>
        plane.RowAt(point.Series, point.Index) is { } row ? RowClicked.InvokeAsync(row) : Task.CompletedTask;
}
