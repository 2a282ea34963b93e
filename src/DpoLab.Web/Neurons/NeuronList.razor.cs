using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Shell;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Neurons;

/// <summary>The list of chosen neurons, a page at a time.</summary>
public sealed partial class NeuronList
{
    /// <summary>Rows on a page: as many as stand beside the map.</summary>
    public const int PageSize = 14;

    private IReadOnlyList<int> rows = [];
    private double from;
    private double to;

    [Parameter, EditorRequired]
    public string RunId { get; set; } = "";

    [Parameter, EditorRequired]
    public ChosenNeurons Chosen { get; set; } = null!;

    [Parameter, EditorRequired]
    public NeuronAddress Address { get; set; } = null!;

    /// <summary>The tokens that value vectors promote, where the run has read them.</summary>
    [Parameter]
    public IReadOnlyDictionary<NeuronIndex, IReadOnlyList<LensToken>> Promoted { get; set; } = new Dictionary<NeuronIndex, IReadOnlyList<LensToken>>();

    [Parameter]
    public string? Class { get; set; }

    private NeuronTable Table => Chosen.Table;

    private int Pages => Math.Max(1, (Chosen.Count + PageSize - 1) / PageSize);

    private string Counted => rows.Count == 0 ? "" : $"showing {Numbers.Count(rows.Count)} of {Numbers.Count(Chosen.Count)}{(Chosen.IsAll ? "" : " chosen")}";

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        rows = Chosen.Page(Address.Sort, Address.Descending, (Math.Min(Address.Page, Pages) - 1) * PageSize, PageSize);
        double[] means = [.. rows.SelectMany(i => new[] { Table.Value(NeuronColumn.ActivationBefore, i), Table.Value(NeuronColumn.ActivationAfter, i) })];
        from = Math.Min(0, means.DefaultIfEmpty(0).Min());
        to = Math.Max(0, means.DefaultIfEmpty(1).Max());
    }

    private string Href(NeuronAddress address) => Urls.NeuronsOf(RunId, address.Write());

    private string Write(NeuronColumn column, int neuron) => NeuronColumnWords.Write(column, Table.Value(column, neuron));

    private string Spread(NeuronColumn deviation, int neuron) => $"standard deviation over tokens {Numbers.Share(Table.Value(deviation, neuron))}";

    private RenderFragment Head(NeuronColumn column, string? title = null, bool right = true) => builder =>
    {
        bool on = Address.Sort == column;
        // a number of interest is asked for from its largest first; Δproj from its strongest reduction
        bool descending = on ? !Address.Descending : column is not (NeuronColumn.ProjectionChange or NeuronColumn.Layer);
        builder.OpenElement(0, "th");
        builder.AddAttribute(1, "class", right ? "r" : null);
        builder.AddAttribute(2, "aria-sort", on ? Address.Descending ? "descending" : "ascending" : null);
        builder.OpenElement(3, "a");
        builder.AddAttribute(4, "class", $"sorts {(on ? Address.Descending ? "desc" : "asc" : null)}");
        builder.AddAttribute(5, "href", Href(Address with { Sort = column, Descending = descending, Page = 1 }));
        builder.AddAttribute(6, "title", $"{NeuronColumnWords.Of(column).Title}: sort");
        builder.AddContent(7, title ?? NeuronColumnWords.Of(column).Short);
        builder.CloseElement();
        builder.CloseElement();
    };
}
