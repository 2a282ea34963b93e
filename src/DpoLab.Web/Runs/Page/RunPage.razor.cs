using DpoLab.Web.Accounts;
using DpoLab.Web.Live;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Runs;

/// <summary>One run, live: what it does, its curves, parameters, texts, log, artifacts, and how to make it again.</summary>
public sealed partial class RunPage
{
    private static readonly (string Name, string Title)[] Tabs =
    [
        ("live", "Live"), ("parameters", "Parameters"), ("metrics", "Metrics"), ("texts", "Texts"), ("log", "Log"), ("artifacts", "Artifacts"),
        ("reproduce", "Reproduce"),
    ];

    private RunView? run;
    private Actor? actor;

    [Inject]
    private RunQueries Runs { get; set; } = null!;

    [Inject]
    private CurrentUser User { get; set; } = null!;

    [Parameter]
    public string Id { get; set; } = "";

    [SupplyParameterFromQuery(Name = "tab")]
    private string? Tab { get; set; }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> WatchedTopics => [Topics.Run(Id), Topics.Services];

    private string Current => Tabs.Any(t => t.Name == Tab) ? Tab! : Tabs[0].Name;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync() => actor = await User.FindAsync();

    /// <inheritdoc/>
    protected override async Task LoadAsync() => run = await Runs.FindAsync(Id);

    private int? CountOf(string tab)
    {
        int count = tab switch
        {
            "texts" => run!.TextCount,
            "log" => run!.LogCount,
            "artifacts" => run!.Artifacts.Count,
            _ => 0,
        };
        return count > 0 ? count : null;
    }
}
