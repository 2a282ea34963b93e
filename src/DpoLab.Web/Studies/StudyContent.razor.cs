using DpoLab.Contracts.Runs;
using DpoLab.Web.Shell;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Studies;

/// <summary>What a study shows.</summary>
public partial class StudyContent
{
    private readonly StudyFigures figures = new();

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    [Parameter, EditorRequired]
    public StudyView View { get; set; } = null!;

    /// <summary>The address of a run's page.</summary>
    [Parameter, EditorRequired]
    public Func<string, string> Href { get; set; } = static id => id;

    /// <summary>Nothing can be changed: the page behind a share link.</summary>
    [Parameter]
    public bool ReadOnly { get; set; }

    /// <summary>Where the table is as CSV; null: nowhere.</summary>
    [Parameter]
    public string? Csv { get; set; }

    /// <summary>Rows of the table link to the Playground.</summary>
    [Parameter]
    public bool Tryable { get; set; }

    /// <summary>Buttons in the graph's header.</summary>
    [Parameter]
    public RenderFragment? GraphActions { get; set; }

    private string TableSub
    {
        get
        {
            var table = View.Table;
            string rows = $"{table.Done} of {table.Rows.Count()} rows";
            return table.Source is { } source ? $"{rows}, n = {Numbers.Count(source.Prompts)} prompts{(source.Half is PromptHalf.Report ? ", the half that no setting was chosen on" : "")}" : rows;
        }
    }

    private string NeuronsWait => View.Nodes.FirstOrDefault(node => node.Run.Kind is RunKind.Neurons) is { } node
        ? $"{node.Run.Name}: {Graph.NodeFacts.Of(node, View, Clock.GetUtcNow())}"
        : "No neuron statistics in this study yet.";

    /// <inheritdoc/>
    protected override void OnParametersSet() => figures.Update(View);
}
