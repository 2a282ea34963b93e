using DpoLab.Contracts.Runs;
using DpoLab.Web.Accounts;
using DpoLab.Web.Neurons;
using DpoLab.Web.Shell;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.NeuronSets;

/// <summary>The dialog that saves a choice as a neuron set.</summary>
public sealed partial class SaveSetDialog
{
    private LabDialog? dialog;
    private string name = "";
    private string? description;
    private string? problem;

    [Inject]
    private NeuronSetSources Sources { get; set; } = null!;

    [Inject]
    private NeuronSetCommands Commands { get; set; } = null!;

    [Inject]
    private NeuronSetQueries Sets { get; set; } = null!;

    [Inject]
    private CurrentUser User { get; set; } = null!;

    [Parameter, EditorRequired]
    public string RunId { get; set; } = "";

    /// <summary>What is chosen.</summary>
    [Parameter]
    public NeuronFilter Filter { get; set; } = new();

    /// <summary>The neurons of this edit instead of a choice; null: <see cref="Filter"/>.</summary>
    [Parameter]
    public EditIntervention? Rule { get; set; }

    /// <summary>How many they are; null: saving tells.</summary>
    [Parameter]
    public int? Count { get; set; }

    /// <summary>The set that holds them now, and what it was saved for: <c>patch</c>, <c>edit</c>, <c>scale</c>, or null.</summary>
    [Parameter]
    public EventCallback<(NeuronSetSummary Set, string? Then)> Saved { get; set; }

    private IReadOnlyList<NeuronSetSummary> Known { get; set; } = [];

    private string? Then { get; set; }

    private int? Next => Known.FirstOrDefault(set => set.Name == name.Trim())?.Version + 1;

    /// <summary>Asks for the name.</summary>
    /// <param name="then">What the set is saved for.</param>
    public async Task OpenAsync(string? then = null)
    {
        (Then, problem) = (then, null);
        Known = await Sets.ListAsync();
        StateHasChanged();
        await dialog!.OpenAsync();
    }

    private async Task SaveAsync()
    {
        try
        {
            string? about = string.IsNullOrWhiteSpace(description) ? null : description;
            NewNeuronSet set = Rule is { } edit ? await Sources.OfRuleAsync(name, about, RunId, edit) : await Sources.OfChoiceAsync(name, about, RunId, Filter);
            var (id, _) = await Commands.SaveAsync(set, await User.GetAsync());
            await dialog!.CloseAsync();
            await Saved.InvokeAsync(((await Sets.FindAsync(id))!.Summary, Then));
        }
        catch (Exception e) when (e is InputRefusedException or NotAllowedException or NotFoundException)
        {
            problem = e.Message;
        }
    }
}
