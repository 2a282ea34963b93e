using DpoLab.Web.Data;
using DpoLab.Web.Live;
using DpoLab.Web.Runs;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Shell;

/// <summary>The navigation, with the number of runs that run now.</summary>
public sealed partial class SideNav
{
    private static readonly NavSection[] Places =
    [
        new(null,
        [
            new("Home", Urls.Home, IconName.Home), new("Studies", Urls.Studies, IconName.Study), new("Runs", Urls.Runs, IconName.Runs),
        ]),
        new("Explore",
        [
            new("Neurons", Urls.Neurons, IconName.Neuron), new("Neuron sets", Urls.NeuronSets, IconName.NeuronSet),
            new("Playground", Urls.Playground, IconName.Playground),
        ]),
        new("Inputs",
        [
            new("Models", Urls.Models, IconName.Model), new("Datasets", Urls.Datasets, IconName.Dataset), new("Compute", Urls.Compute, IconName.Compute),
        ]),
        new("Lab",
        [
            new("Admin", Urls.Admin, IconName.Admin),
        ]),
    ];

    private int running;
    private IDisposable? watch;

    [Inject]
    private RunQueries Runs { get; set; } = null!;

    [Inject]
    private LabSignals Signals { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        if (RendererInfo.IsInteractive)
            watch = Signals.Watch([Topics.Runs], () => InvokeAsync(LoadAsync));
        await LoadAsync();
    }

    private async Task LoadAsync()
    {
        int now = (await Runs.CountAsync()).GetValueOrDefault(RunState.Running);
        if (now == running)
            return;
        running = now;
        StateHasChanged();
    }

    /// <inheritdoc/>
    public void Dispose() => watch?.Dispose();

    private sealed record NavSection(string? Title, NavPlace[] Places);

    private sealed record NavPlace(string Title, string Href, IconName Icon);
}
