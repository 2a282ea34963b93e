using DpoLab.Web.Accounts;
using DpoLab.Web.Live;
using DpoLab.Web.Runs;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Studies;

/// <summary>Every study, last changed first.</summary>
public partial class StudiesPage
{
    private const int Size = 50;

    private static readonly string[] Heard = [Topics.Studies, Topics.Runs];

    private readonly List<string> ticked = [];

    [Inject]
    private StudyQueries Queries { get; set; } = null!;

    [Inject]
    private StudyCommands Commands { get; set; } = null!;

    [Inject]
    private CurrentUser User { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "archived")]
    private bool Archived { get; set; }

    [SupplyParameterFromQuery(Name = "page")]
    private int? PageNumber { get; set; }

    private Paged<StudySummary> Found { get; set; } = new([], 0);

    private bool Asking { get; set; }

    private string Question { get; set; } = "";

    private string? Failed { get; set; }

    private int Page => Math.Max(1, PageNumber ?? 1);

    /// <inheritdoc/>
    protected override IReadOnlyList<string> WatchedTopics => Heard;

    /// <inheritdoc/>
    protected override async Task LoadAsync() => Found = await Queries.ListAsync((Page - 1) * Size, Size, Archived);

    /// <summary>In the order of ticking: differences are to the first.</summary>
    private void Tick(string id, bool on)
    {
        ticked.Remove(id);
        if (on)
            ticked.Add(id);
    }

    private string PageHref(int page) => Urls.With(Urls.Studies, ("archived", Archived ? "true" : null), ("page", page == 1 ? null : $"{page}"));

    private async Task CreateAsync()
    {
        try
        {
            Navigation.NavigateTo(Urls.Study(await Commands.CreateAsync(Question, await User.GetAsync())));
        }
        catch (Exception e) when (e is InputRefusedException or NotAllowedException)
        {
            Failed = e.Message;
        }
    }
}
