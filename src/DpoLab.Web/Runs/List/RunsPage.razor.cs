using DpoLab.Web.Accounts;
using DpoLab.Web.Live;
using DpoLab.Web.Shell;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Runs;

/// <summary>All runs: found, filtered, sorted, with chosen columns; the address says which.</summary>
public sealed partial class RunsPage
{
    private const int MostExported = 10_000;

    private RunListState state = RunListState.Of(null, null, null, null, archived: false, null, null, null);
    private Paged<RunSummary> runs = new([], 0);
    private readonly List<string> ticked = [];
    private bool mayChange;

    [Inject]
    private RunQueries Runs { get; set; } = null!;

    [Inject]
    private RunCommands Commands { get; set; } = null!;

    [Inject]
    private CurrentUser User { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private Files Files { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "q")]
    private string? Text { get; set; }

    [SupplyParameterFromQuery(Name = "kind")]
    private string? Kind { get; set; }

    [SupplyParameterFromQuery(Name = "state")]
    private string? State { get; set; }

    [SupplyParameterFromQuery(Name = "tag")]
    private string? Tag { get; set; }

    [SupplyParameterFromQuery(Name = "archived")]
    private bool Archived { get; set; }

    [SupplyParameterFromQuery(Name = "order")]
    private string? Order { get; set; }

    [SupplyParameterFromQuery(Name = "page")]
    private int? PageNumber { get; set; }

    [SupplyParameterFromQuery(Name = "columns")]
    private string? Columns { get; set; }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> WatchedTopics { get; } = [Topics.Runs, Topics.Services];

    private IEnumerable<(string Name, string Title)> ShownColumns => RunListState.Columns.Where(c => state.Shown.Contains(c.Name));

    private int Pages => (runs.Total + RunListState.PageSize - 1) / RunListState.PageSize;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync() =>
        mayChange = await User.FindAsync() is { Role: >= LabRole.Researcher };

    /// <inheritdoc/>
    protected override Task OnParametersSetAsync()
    {
        state = RunListState.Of(Text, Kind, State, Tag, Archived, Order, PageNumber, Columns);
        return base.OnParametersSetAsync();
    }

    /// <summary>In the order of ticking: differences are to the first.</summary>
    private void Tick((string Id, bool Ticked) change)
    {
        ticked.Remove(change.Id);
        if (change.Ticked)
            ticked.Add(change.Id);
    }

    /// <inheritdoc/>
    protected override async Task LoadAsync() => runs = await Runs.ListAsync(state.ToFilter());

    private void Go(string name, string? value) => Navigation.NavigateTo(
        Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>
        {
            ["page"] = null,
            [name] = string.IsNullOrEmpty(value) ? null : value,
        }),
        replace: true);

    private void GoToPage(int page) =>
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("page", page <= 1 ? null : page));

    private void Sort(RunOrder order) => Go("order", order is RunOrder.Newest ? null : Words.Of(order));

    private void ShowColumn(string name, bool shown)
    {
        var now = state.Shown.ToHashSet(StringComparer.Ordinal);
        if (shown)
            now.Add(name);
        else
            now.Remove(name);
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("columns", RunListState.ColumnsValue(now)), replace: true);
    }

    private async Task PinAsync(RunSummary run) => await Commands.PinAsync(run.Id, !run.Pinned, await User.GetAsync());

    private async Task ArchiveAsync(RunSummary run) => await Commands.ArchiveAsync(run.Id, !run.Archived, await User.GetAsync());

    private async Task ExportAsync()
    {
        Paged<RunSummary> all = await Runs.ListAsync(state.ToFilter() with { Skip = 0, Take = MostExported });
        await Files.SaveAsync("runs.csv", RunListCsv.Of(all.Items));
    }
}
