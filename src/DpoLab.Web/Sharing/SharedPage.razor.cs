using DpoLab.Web.Data;
using DpoLab.Web.Live;
using DpoLab.Web.Runs;
using DpoLab.Web.Studies;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Sharing;

/// <summary>What a share link shows: a study or run, live and read-only, and nothing else. The link is asked again at every load, so a revoked one closes.</summary>
public partial class SharedPage
{
    private static readonly (string Name, string Title)[] Tabs = [("live", "Results"), ("parameters", "Parameters"), ("texts", "Texts")];

    private bool counted;
    private SharedScope? scope;

    [Inject]
    private ShareLinks Links { get; set; } = null!;

    [Inject]
    private StudyQueries Studies { get; set; } = null!;

    [Inject]
    private RunQueries Runs { get; set; } = null!;

    [Parameter, EditorRequired]
    public string Secret { get; set; } = "";

    /// <summary>A run of the study; null: the study itself, or the run that was shared.</summary>
    [SupplyParameterFromQuery(Name = "run")]
    private string? Run { get; set; }

    [SupplyParameterFromQuery(Name = "tab")]
    private string? Tab { get; set; }

    private StudyView? Study { get; set; }

    private RunView? Chosen { get; set; }

    private string Current => Tabs.Any(tab => tab.Name == Tab) ? Tab! : Tabs[0].Name;

    /// <inheritdoc/>
    protected override IReadOnlyList<string> WatchedTopics => scope switch
    {
        null => [],
        { Target: ShareTarget.Study } when Run is null => [Topics.Study(scope.TargetId)],
        _ => [Topics.Run(Run ?? scope.TargetId)],
    };

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        // the scope decides what is watched, so it comes before the subscription
        scope ??= await OpenAsync();
        await base.OnParametersSetAsync();
    }

    /// <inheritdoc/>
    protected override async Task LoadAsync()
    {
        scope = await OpenAsync();
        (Study, Chosen) = (null, null);
        if (scope is null)
            return;
        if (scope.Target is ShareTarget.Study)
            Study = await Studies.FindSharedAsync(scope);
        string? run = Run ?? (scope.Target is ShareTarget.Run ? scope.TargetId : null);
        if (run is not null && scope.Allows(run))
            Chosen = await Runs.FindAsync(run);
    }

    private async Task<SharedScope?> OpenAsync()
    {
        // prerendering is the same visit
        bool count = !counted && RendererInfo.IsInteractive;
        counted |= count;
        return await Links.OpenAsync(Secret, count);
    }

    private string TabHref(string tab) => Urls.With(Urls.Shared(Secret, Run), ("tab", tab == Tabs[0].Name ? null : tab));
}
