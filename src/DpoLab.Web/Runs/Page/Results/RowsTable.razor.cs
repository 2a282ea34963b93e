using DpoLab.Contracts.Results;
using DpoLab.Web.Shell;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Runs;

/// <summary>Evaluation rows as a table; columns without any number are left out.</summary>
public sealed partial class RowsTable
{
    private double from;
    private double to = 1;
    private IReadOnlyList<double> references = [];

    [Parameter, EditorRequired]
    public IReadOnlyList<EvaluationRow> Rows { get; set; } = [];

    /// <summary>The Playground set to a row, null where it cannot do that; without it the table has no such links.</summary>
    [Parameter]
    public Func<EvaluationRow, string?>? Playground { get; set; }

    private bool HasNeurons => Rows.Any(r => r.Neurons is not null);

    private bool HasShare => Rows.Any(r => r.ShareOfDpo is not null);

    private bool HasPublished => Rows.Any(r => r.PublishedPerplexity is not null);

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        Estimate[] known = [.. Rows.Select(r => r.Toxicity).OfType<Estimate>()];
        if (known.Length == 0)
            return;
        from = Math.Floor(known.Min(e => e.Low) * 20) / 20;
        to = Math.Ceiling(known.Max(e => e.High) * 20) / 20;
        references = [.. Rows.Where(r => r is { Family: RowFamily.Base or RowFamily.Dpo, Toxicity: not null }).Select(r => r.Toxicity!.Mean)];
    }

    private static string? Ends(Estimate? estimate) => estimate is null ? null
        : $"95 % interval {Numbers.Difference(estimate.Low)} to {Numbers.Difference(estimate.High)}, n {Numbers.Count(estimate.Count)}";

    private static string? ShareEnds(Estimate? share) => share is null ? null
        : $"95 % interval {Numbers.Percent(share.Low)} to {Numbers.Percent(share.High)}";
}
