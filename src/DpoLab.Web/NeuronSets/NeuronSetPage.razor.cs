using System.Globalization;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Accounts;
using DpoLab.Web.Live;
using DpoLab.Web.Neurons;
using DpoLab.Web.Runs;
using DpoLab.Web.Shell;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.NeuronSets;

/// <summary>A neuron set: where it comes from, where its neurons lie, what used it, and what it shares with another set.</summary>
public sealed partial class NeuronSetPage
{
    private NeuronSetView? set;
    private NeuronSetView? other;
    private NeuronSetComparison? comparison;
    private IReadOnlyList<NeuronSetSummary> comparable = [];
    private LabDialog? nameDialog;
    private LabDialog? removeDialog;
    private string name = "";
    private string description = "";
    private string? problem;
    private bool mayChange;
    private NeuronsParameters? made;

    [Inject]
    private NeuronSetQueries Sets { get; set; } = null!;

    [Inject]
    private NeuronSetCommands Commands { get; set; } = null!;

    [Inject]
    private CurrentUser User { get; set; } = null!;

    [Inject]
    private RunQueries Runs { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Parameter]
    public int Id { get; set; }

    [SupplyParameterFromQuery(Name = "version")]
    private int? Version { get; set; }

    /// <summary>The set that it is compared with.</summary>
    [SupplyParameterFromQuery(Name = "with")]
    private int? With { get; set; }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> WatchedTopics { get; } = [Topics.NeuronSets, Topics.Runs];

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync() => mayChange = await User.FindAsync() is { Role: >= LabRole.Researcher };

    /// <inheritdoc/>
    protected override async Task LoadAsync()
    {
        set = await Sets.FindAsync(Id, Version);
        (other, comparison) = (null, null);
        if (set is null)
            return;
        (name, description) = (set.Summary.Name, set.Summary.Description);
        made = set.Shown.RunId is { } run ? (await Runs.SpecAsync(run))?.Parameters as NeuronsParameters : null;
        comparable = [.. (await Sets.ListAsync()).Where(s => s.Id != Id && s.Layers == set.Shown.Layers && s.NeuronsPerLayer == set.Shown.NeuronsPerLayer)];
        if (With is { } with && comparable.Any(s => s.Id == with) && (other = await Sets.FindAsync(with)) is { } found)
            comparison = NeuronSetComparison.Of(set.Neurons, found.Neurons, set.Shown.Layers, set.Shown.NeuronsPerLayer);
    }

    private string Do(string what) => InterventionLinks.OfSet(
        what, InputRef.OfUpload(set!.Shown.Digest, NeuronSetSummary.NameOf(set.Summary.Name, set.Shown.Version)), made is null ? null : set.Shown.RunId, made);

    private void OnOther(ChangeEventArgs chosen) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(
        "with", int.TryParse(chosen.Value?.ToString(), CultureInfo.InvariantCulture, out int with) ? with : (int?)null));

    private Task DescribeAsync() => TryAsync(async by =>
    {
        await Commands.DescribeAsync(Id, name, description, by);
        await nameDialog!.CloseAsync();
    });

    private Task RemoveAsync() => TryAsync(async by =>
    {
        await Commands.RemoveAsync(Id, by);
        Navigation.NavigateTo(Urls.NeuronSets);
    });

    private async Task TryAsync(Func<Actor, Task> act)
    {
        try
        {
            problem = null;
            await act(await User.GetAsync());
        }
        catch (Exception e) when (e is InputRefusedException or NotAllowedException or NotFoundException)
        {
            problem = e.Message;
            await removeDialog!.CloseAsync();
            await nameDialog!.CloseAsync();
        }
    }
}
