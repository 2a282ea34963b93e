using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Accounts;
using DpoLab.Web.Live;
using DpoLab.Web.NeuronSets;
using DpoLab.Web.Playground;
using DpoLab.Web.Runs;
using DpoLab.Web.Shell;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Neurons;

/// <summary>The neurons of a base and tuned pair: map, groups, list and figures, all of what is chosen; the address says what.</summary>
public sealed partial class NeuronsPage
{
    private static readonly (string Tool, string Title)[] Tools = [("brush", "Brush"), ("lasso", "Lasso"), ("pan", "Pan")];

    private static readonly (string What, string Title)[] Deeds = [("patch", "Patch…"), ("edit", "Edit…"), ("scale", "Ablate…")];

    /// <summary>What a set is saved for that then goes to the Playground.</summary>
    private const string ToPlayground = "playground";

    private static readonly RenderFragment AxisOptions = builder =>
    {
        foreach (NeuronColumnWords axis in NeuronColumnWords.Axes)
        {
            builder.OpenElement(0, "option");
            builder.AddAttribute(1, "value", axis.Column);
            builder.AddContent(2, axis.Name.Replace('-', ' '));
            builder.CloseElement();
        }
    };

    private NeuronAddress address = new();
    private NeuronFilter filter = new();
    private RunView? run;
    private NeuronsResult? result;
    private NeuronView? view;
    private string? problem;
    private IReadOnlyList<RunSummary> others = [];
    private IReadOnlyDictionary<NeuronIndex, IReadOnlyList<LensToken>> promoted = new Dictionary<NeuronIndex, IReadOnlyList<LensToken>>();
    private bool mayChange;
    private SaveSetDialog? saving;

    [Inject]
    private RunQueries Runs { get; set; } = null!;

    [Inject]
    private NeuronViews Views { get; set; } = null!;

    [Inject]
    private CurrentUser User { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Parameter]
    public string Id { get; set; } = "";

    [SupplyParameterFromQuery(Name = "where")]
    private string? Where { get; set; }

    [SupplyParameterFromQuery(Name = "box")]
    private string? Box { get; set; }

    [SupplyParameterFromQuery(Name = "lasso")]
    private string? Lasso { get; set; }

    [SupplyParameterFromQuery(Name = "x")]
    private string? X { get; set; }

    [SupplyParameterFromQuery(Name = "y")]
    private string? Y { get; set; }

    [SupplyParameterFromQuery(Name = "view")]
    private string? ZoomedTo { get; set; }

    [SupplyParameterFromQuery(Name = "sort")]
    private string? Sort { get; set; }

    [SupplyParameterFromQuery(Name = "order")]
    private string? Order { get; set; }

    [SupplyParameterFromQuery(Name = "page")]
    private int? PageNumber { get; set; }

    [SupplyParameterFromQuery(Name = "top")]
    private int? Top { get; set; }

    [SupplyParameterFromQuery(Name = "tool")]
    private string? Tool { get; set; }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> WatchedTopics => [Topics.Run(Id), Topics.Services];

    private bool IsAll => view!.Chosen.IsAll;

    private int Lowered => result!.Groups.Sum(g => g.Lowered);

    private int Places => result!.TotalReduction < 1 ? 4 : 2;

    private NeuronAddress Cleared => address with { Filter = new NeuronFilter { X = address.Filter.X, Y = address.Filter.Y }, Page = 1 };

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync() => mayChange = await User.FindAsync() is { Role: >= LabRole.Researcher };

    /// <inheritdoc/>
    protected override Task OnParametersSetAsync()
    {
        address = new NeuronAddress
        {
            Filter = NeuronFilter.Of(Where, Box, Lasso, X, Y),
            View = MapRegion.Box.Parse(ZoomedTo),
            Sort = NeuronColumnWords.Find(Sort) ?? NeuronColumn.ProjectionChange,
            Descending = Order is "falling",
            Page = Math.Max(1, PageNumber ?? 1),
            Top = Math.Max(1, Top ?? NeuronAddress.UsualTop),
            Tool = Tools.Any(t => t.Tool == Tool) ? Tool! : Tools[0].Tool,
        };
        return base.OnParametersSetAsync();
    }

    /// <inheritdoc/>
    protected override async Task LoadAsync()
    {
        run = await Runs.FindAsync(Id);
        if (run is { Spec.Parameters: not NeuronsParameters })
            throw new NotFoundException($"Run {Id} is no run of neuron statistics. Choose one from the list of neurons.");
        if (others.Count == 0)
            others = (await Runs.ListAsync(new RunFilter { Kinds = [RunKind.Neurons], Take = 20 })).Items;
        if (run?.Result is NeuronsResult { } found && !ReferenceEquals(found, result))
        {
            result = found;
            promoted = found.MostToxic.Concat(found.StrongestReductions).Where(n => n.Promoted is not null)
                .DistinctBy(n => (n.Layer, n.Neuron)).ToDictionary(n => new NeuronIndex(n.Layer, n.Neuron), n => n.Promoted!);
        }

        if (run?.Result is NeuronsResult)
            await ChooseAsync();
    }

    private async Task ChooseAsync()
    {
        problem = null;
        filter = address.Filter;
        try
        {
            view = await Views.GetAsync(Id, filter);
        }
        catch (ConditionException e)
        {
            // the rest of the address still says something
            problem = e.Message;
            filter = filter with { Where = null };
            view = await Views.GetAsync(Id, filter);
        }
    }

    private void Go(NeuronAddress to, bool replace = false) => Navigation.NavigateTo(Urls.NeuronsOf(Id, to.Write()), replace: replace);

    private string Chosen(string condition) =>
        Urls.NeuronsOf(Id, (address with { Filter = address.Filter with { Where = address.Filter.Where == condition ? null : condition }, Page = 1 }).Write());

    private void OnCondition(string? condition) => Go(address with { Filter = NeuronFilter.Of(condition, Box, Lasso, X, Y), Page = 1 });

    private void OnRegion(MapRegion? region) => Go(address with { Filter = address.Filter with { Region = region }, Page = 1 });

    private void OnZoomed(MapRegion.Box? zoomed) => Go(address with { View = zoomed }, replace: true);

    private void OnTop(int top) => Go(address with { Top = top }, replace: true);

    private void OnSaved((NeuronSetSummary Set, string? Then) saved) => Navigation.NavigateTo(
        saved.Then is ToPlayground ? PlaygroundLinks.OfNeurons(Id, new SetSelection(saved.Set.Reference with { Label = null }))
            : saved.Then is { } what ? InterventionLinks.OfSet(what, saved.Set.Reference, Id, (NeuronsParameters)run!.Spec.Parameters) : Urls.NeuronSet(saved.Set.Id));

    /// <summary>What is chosen, if an address can say it without a set: whole groups, or few neurons; else null.</summary>
    private NeuronSelection? Sayable
    {
        get
        {
            NeuronGroup[] whole = [.. view!.Summary.Groups.Where(g => g.Lowered > 0 && g.Lowered == result!.Groups.FirstOrDefault(of => of.Group == g.Group)?.Lowered).Select(g => g.Group)];
            if (whole.Length > 0 && view.Chosen.Count == result!.Groups.Where(g => whole.Contains(g.Group)).Sum(g => g.Lowered))
                return new GroupSelection([.. PlaygroundSettings.AllGroups.Where(whole.Contains)]);
            return view.Chosen.Count is > 0 and <= SelectionText.MostListed ? new ListSelection([.. view.Chosen.Flat.Select(view.Table.IndexOf)]) : null;
        }
    }

    private void OnNeuron(int neuron)
    {
        NeuronIndex index = view!.Table.IndexOf(neuron);
        Navigation.NavigateTo(Urls.Neuron(Id, index.Layer, index.Neuron));
    }

    // a region was drawn on the old axes and means nothing on the new ones
    private void OnAxis(ChangeEventArgs chosen, bool across)
    {
        NeuronColumn column = Enum.Parse<NeuronColumn>(chosen.Value!.ToString()!);
        NeuronFilter turned = address.Filter with { Region = null };
        Go(address with { Filter = across ? turned with { X = column } : turned with { Y = column }, View = null, Page = 1 });
    }

    private RenderFragment Source => builder =>
    {
        var made = (NeuronsParameters)run!.Spec.Parameters;
        builder.OpenElement(0, "a");
        builder.AddAttribute(1, "class", "m");
        builder.AddAttribute(2, "href", Urls.Run(Id));
        builder.AddContent(3, Id);
        builder.CloseElement();
        builder.AddContent(4, $" · base {Numbers.Digest(run.Digests.GetValueOrDefault(made.Base.Name))} · n = {Numbers.Count(result!.BaseTokens)} and {Numbers.Count(result.TunedTokens)} tokens of {Numbers.Count(result.Prompts)} prompts · seed {made.Seed}");
    };
}
