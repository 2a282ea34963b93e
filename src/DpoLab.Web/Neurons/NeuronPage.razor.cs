using System.Globalization;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Live;
using DpoLab.Web.NeuronSets;
using DpoLab.Web.Runs;
using DpoLab.Web.Shell;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Neurons;

/// <summary>One neuron of a pair. The numbers are there at once; what needs the models is asked of the compute service: vectors first, then texts.</summary>
public sealed partial class NeuronPage
{
    private const int UsualTexts = 24;

    private static readonly (string By, string Title)[] Sides = [("base", "by base"), ("tuned", "by tuned")];

    private NeuronTable? table;
    private ChosenNeurons? alone;
    private NeuronFilter onlyThis = new();
    private NeuronsParameters? made;
    private string service = "";
    private int? flat;
    private int place;
    private IReadOnlyList<NeuronSetSummary> sets = [];
    private IReadOnlyList<NeuronEffect> effects = [];
    private NeuronQuestion? asked;
    private NeuronLook? look;
    private string? lookProblem;
    private bool reading;
    private EffectSettings? tried;
    private (double Weak, double Clear, double Strong) steps = (1, 2, 3);

    [Inject]
    private RunQueries Runs { get; set; } = null!;

    [Inject]
    private NeuronTables Tables { get; set; } = null!;

    [Inject]
    private NeuronLookQueries Looks { get; set; } = null!;

    [Inject]
    private NeuronSetQueries Sets { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Parameter]
    public string RunId { get; set; } = "";

    [Parameter]
    public int Layer { get; set; }

    [Parameter]
    public int Index { get; set; }

    /// <summary>How many texts both models read.</summary>
    [SupplyParameterFromQuery(Name = "texts")]
    private int? Texts { get; set; }

    /// <summary>Whose activation sorts and shades the texts.</summary>
    [SupplyParameterFromQuery(Name = "by")]
    private string? By { get; set; }

    /// <summary>What is done to the neuron (<see cref="EffectSettings"/>).</summary>
    [SupplyParameterFromQuery(Name = "do")]
    private string? Deed { get; set; }

    [SupplyParameterFromQuery(Name = "alpha")]
    private string? Alpha { get; set; }

    [SupplyParameterFromQuery(Name = "patch")]
    private string? PatchForm { get; set; }

    [SupplyParameterFromQuery(Name = "k")]
    private string? PatchStrength { get; set; }

    [SupplyParameterFromQuery(Name = "prompt")]
    private string[]? Prompts { get; set; }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> WatchedTopics => [Topics.Run(RunId), Topics.NeuronSets, Topics.Runs];

    private NeuronIndex Named => new(Layer, Index);

    private string Side => By is "tuned" ? "tuned" : "base";

    private string Relative => table!.Value(NeuronColumn.ActivationBefore, flat!.Value) is var before && before != 0
        ? $"{Numbers.Difference((table.Value(NeuronColumn.ActivationAfter, flat.Value) - before) / Math.Abs(before) * 100, 1)} %"
        : "from 0";

    private string ShareWords => table!.GroupOf(flat!.Value) is null || table.TotalReduction == 0
        ? "none"
        : Numbers.Percent(-table.Value(NeuronColumn.ProjectionChange, flat.Value) / table.TotalReduction, 3);

    private string TextsState => lookProblem is not null ? "not read" : look is null ? "computing…" : $"both models read {Numbers.Count(TextsAsked)} texts…";

    private int TextsAsked => Math.Clamp(Texts ?? UsualTexts, 1, 10_000);

    private string? FiringSub => look?.Firing is { } firing ? $"showing {ShownTexts(firing).Count} of {Numbers.Count(firing.Read)} texts read" : null;

    private RenderFragment VectorsState => builder =>
    {
        if (lookProblem is not null)
        {
            builder.OpenComponent<FailedState>(0);
            builder.AddComponentParameter(1, nameof(FailedState.Message), lookProblem);
            builder.AddComponentParameter(2, nameof(FailedState.Retry), EventCallback.Factory.Create(this, AskAsync));
            builder.CloseComponent();
            return;
        }

        builder.OpenElement(3, "div");
        builder.AddAttribute(4, "class", "pad t2");
        builder.AddAttribute(5, "role", "status");
        builder.AddContent(6, "computing from the weights of both models…");
        builder.CloseElement();
    };

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        tried = EffectSettings.Read(Deed, Alpha, PatchForm, PatchStrength, Prompts);
        await base.OnParametersSetAsync();
        var question = new NeuronQuestion(RunId, Layer, Index, TextsAsked);
        if (flat is null || asked == question || !RendererInfo.IsInteractive)
            return;
        // of another neuron nothing is kept; more texts of the same one replace what is shown when they come
        if (asked is null || (asked with { Texts = 0 }) != (question with { Texts = 0 }))
            look = null;
        asked = question;
        _ = AskAsync();
    }

    /// <inheritdoc/>
    protected override async Task LoadAsync()
    {
        RunView? run = await Runs.FindAsync(RunId);
        if (run?.Spec.Parameters is not NeuronsParameters parameters)
        {
            (table, flat) = (null, null);
            return;
        }

        (made, service) = (parameters, run.Summary.Service);
        NeuronTable found = await Tables.GetAsync(RunId);
        (table, flat) = (found, found.FlatOf(Named)); // together, and not before: what is shown stays until then
        if (flat is not { } own)
            return;
        place = Array.IndexOf(table.Order(NeuronColumn.ProjectionChange, descending: false), own);
        onlyThis = new NeuronFilter { Where = string.Create(CultureInfo.InvariantCulture, $"layer = {Layer} and neuron = {Index}") };
        alone = ChosenNeurons.Of(table, i => i == own);
        sets = await Sets.HoldingAsync(own, table.Layers, table.NeuronsPerLayer);
        effects = await Looks.EffectsAsync(parameters.Base.Name, Named, Gone);
    }

    private async Task AskAsync()
    {
        NeuronQuestion question = asked!;
        (lookProblem, reading) = (null, true);
        try
        {
            NeuronLook vectors = look ?? await Looks.AskAsync(service, question with { Texts = 0 }, Gone);
            if (asked == question)
                await ShowAsync(vectors);
            NeuronLook whole = await Looks.AskAsync(service, question, Gone);
            if (asked == question)
                await ShowAsync(whole);
        }
        catch (InputRefusedException e)
        {
            lookProblem = e.Message;
        }
        catch (OperationCanceledException)
        {
            return; // nobody looks any more
        }

        reading = false;
        await InvokeAsync(StateHasChanged);
    }

    private Task ShowAsync(NeuronLook now)
    {
        look = now;
        if (now.Firing is { } firing)
        {
            double most = Math.Max(1e-9, firing.Texts.Max(t => Math.Max(t.PeakBefore, t.PeakAfter)));
            steps = (most * 0.25, most * 0.5, most * 0.75);
            if (tried is { Prompts.Count: 0 })
                OnEffect(tried);
        }

        return InvokeAsync(StateHasChanged);
    }

    private IReadOnlyList<FiringText> ShownTexts(FiringLook firing) => [.. firing.Texts.OrderByDescending(t => Side is "tuned" ? t.PeakAfter : t.PeakBefore).Take(6)];

    private IReadOnlyList<ShadedToken> Shaded(FiringText text) => [.. text.Tokens.Select(t => new ShadedToken(t.Text, Side is "tuned" ? t.After : t.Before))];

    private string Of(NeuronColumn column) => NeuronColumnWords.Write(column, table!.Value(column, flat!.Value));

    private NeuronGroup? Quadrant => NeuronArrays.QuadrantOf(table!.Codes[flat!.Value]);

    private string Address(EffectSettings? done, int? texts = null, string? by = null) => Urls.With(
        Urls.Neuron(RunId, Layer, Index),
        [
            ("texts", (texts ?? Texts)?.ToString(CultureInfo.InvariantCulture)),
            ("by", (by ?? By) is "tuned" ? "tuned" : null),
            .. done?.Write() ?? [],
        ]);

    private void ShowSide(string by) => Navigation.NavigateTo(Address(tried, by: by), replace: true);

    private void Show(EffectSettings? done, bool replace = false) => Navigation.NavigateTo(Address(WithPrompts(done)), replace: replace);

    private void OnEffect(EffectSettings? done) => Show(done, replace: done is not null);

    /// <summary>Unless prompts are chosen, those on which the neuron fires most, once they are known: the address names them, whatever is read later.</summary>
    private EffectSettings? WithPrompts(EffectSettings? done) =>
        done is { Prompts.Count: 0 } && look?.Firing is { } firing ? done with { Prompts = EffectSettings.PromptsOf(firing) } : done;

    private void OnNeuron(int neuron)
    {
        NeuronIndex index = table!.IndexOf(neuron);
        Navigation.NavigateTo(Urls.Neuron(RunId, index.Layer, index.Neuron));
    }

    private RenderFragment Neighbour(int at, string label, string sign) => builder =>
    {
        int[] order = table!.Order(NeuronColumn.ProjectionChange, descending: false);
        if (at < 0 || at >= order.Length)
            return;
        NeuronIndex index = table.IndexOf(order[at]);
        builder.OpenElement(0, "a");
        builder.AddAttribute(1, "class", "btn ic");
        builder.AddAttribute(2, "href", Urls.Neuron(RunId, index.Layer, index.Neuron));
        builder.AddAttribute(3, "title", $"{label}: {NeuronViews.Name(index)}");
        builder.AddAttribute(4, "aria-label", $"{label}: {NeuronViews.Name(index)}");
        builder.AddContent(5, sign);
        builder.CloseElement();
    };
}
