using DpoLab.Web.Accounts;
using DpoLab.Web.Live;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Studies;

/// <summary>A study: question, runs, table, figures, findings, notes. Follows its runs while they go on.</summary>
public partial class StudyPage
{
    private bool archived;
    private bool renaming;

    [Inject]
    private StudyQueries Queries { get; set; } = null!;

    [Inject]
    private StudyCommands Commands { get; set; } = null!;

    [Inject]
    private CurrentUser User { get; set; } = null!;

    [Parameter, EditorRequired]
    public string Id { get; set; } = "";

    private StudyView? View { get; set; }

    private string Question { get; set; } = "";

    private string? Failed { get; set; }

    private bool Working { get; set; }

    private bool Renaming
    {
        get => renaming;
        set
        {
            renaming = value;
            Question = View?.Summary.Question ?? "";
        }
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> WatchedTopics => [Topics.Study(Id)];

    /// <inheritdoc/>
    protected override async Task LoadAsync() => View = await Queries.FindAsync(Id);

    private Task RetryAsync() => TryAsync(by => Commands.RetryFailedAsync(Id, by));

    private Task RenameAsync() => TryAsync(async by =>
    {
        await Commands.RenameAsync(Id, Question, by);
        renaming = false;
    });

    private Task ArchiveAsync() => TryAsync(async by =>
    {
        await Commands.ArchiveAsync(Id, !archived, by);
        archived = !archived;
    });

    private async Task TryAsync(Func<Actor, Task> act)
    {
        (Working, Failed) = (true, null);
        try
        {
            await act(await User.GetAsync());
        }
        catch (Exception e) when (e is InputRefusedException or NotAllowedException or NotFoundException)
        {
            Failed = e.Message;
        }
        finally
        {
            Working = false;
        }
    }
}
