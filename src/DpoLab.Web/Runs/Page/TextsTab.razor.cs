using DpoLab.Contracts.Results;
using DpoLab.Web.Shell;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Runs;

/// <summary>Generated texts with their scores: found, filtered, sorted; the address says which.</summary>
public sealed partial class TextsTab
{
    private const int StepSize = 50;
    private Paged<GenerationRecord> texts = new([], 0);
    private TextGroups groups = new([], []);
    private int shown = StepSize;
    private string? read;

    [Inject]
    private RunQueries Runs { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Parameter, EditorRequired]
    public RunView Run { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "q")]
    private string? Text { get; set; }

    [SupplyParameterFromQuery(Name = "variant")]
    private string? Variant { get; set; }

    [SupplyParameterFromQuery(Name = "step")]
    private long? Step { get; set; }

    [SupplyParameterFromQuery(Name = "order")]
    private string? Order { get; set; }

    /// <summary>Scorers beside the first one.</summary>
    private IReadOnlyList<PanelMember> Further => Run.Result is EvaluateResult { Panel: { } panel } ? [.. panel.Scorers.Skip(1)] : [];

    private TextOrder OrderNow => Words.Parse<TextOrder>(Order) ?? TextOrder.Prompt;

    private bool IsFiltered => !string.IsNullOrEmpty(Text) || Variant is not null || Step is not null;

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        string now = $"{Run.Summary.Id}|{Run.TextCount}|{Text}|{Variant}|{Step}|{Order}";
        if (now == read)
            return;
        read = now;
        groups = await Runs.TextGroupsAsync(Run.Summary.Id);
        await ReadAsync();
    }

    private async Task ReadAsync() => texts = await Runs.TextsAsync(
        Run.Summary.Id, new TextFilter { Text = Text, Variant = Variant, Step = Step, Order = OrderNow, Take = shown });

    private async Task MoreAsync()
    {
        shown += StepSize;
        await ReadAsync();
    }

    private void Go(string name, string? value) => Navigation.NavigateTo(
        Navigation.GetUriWithQueryParameter(name, string.IsNullOrEmpty(value) ? null : value), replace: true);
}
