using DpoLab.Contracts.Results;

namespace DpoLab.Web.Studies;

/// <summary>
/// What the figures of a study draw. The same objects are handed on as long as the numbers are the same, because a chart is drawn anew for
/// every new object, and a study is read again with each step of progress.
/// </summary>
internal sealed class StudyFigures
{
    private string rowsKey = "";
    private string neuronsKey = "";

    /// <summary>Rows whose numbers are there, named as the table names them.</summary>
    public IReadOnlyList<EvaluationRow> Rows { get; private set; } = [];

    /// <summary>Null until the statistics are there.</summary>
    public NeuronsResult? Neurons { get; private set; }

    public void Update(StudyView view)
    {
        var rows = view.Table.Rows.Where(row => row.Row is not null).Select(row => row.Row! with { Variant = row.Name }).ToList();
        string key = string.Join('|', rows.Select(row => $"{row.Variant} {row.Toxicity?.Mean:R} {row.Perplexity?.Value:R}"));
        if (key != rowsKey)
            (rowsKey, Rows) = (key, rows);
        string statistics = view.Neurons is null ? "" : $"{view.NeuronsRunId} {view.Neurons.NetReduction:R} {view.Neurons.TotalReduction:R}";
        if (statistics != neuronsKey)
            (neuronsKey, Neurons) = (statistics, view.Neurons);
    }
}
