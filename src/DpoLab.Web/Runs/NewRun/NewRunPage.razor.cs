using System.Text.Json;
using DpoLab.Contracts;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Accounts;
using DpoLab.Web.Compute;
using DpoLab.Web.Live;
using DpoLab.Web.Runs.NewRun.Estimates;
using DpoLab.Web.Runs.NewRun.Forms;
using DpoLab.Web.Shell;
using DpoLab.Web.Studies;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.JSInterop;

namespace DpoLab.Web.Runs.NewRun;

/// <summary>The page on which every kind of run, and a whole study, is set up. Its address is its state.</summary>
public partial class NewRunPage
{
    private static readonly TimeSpan AddressDelay = TimeSpan.FromMilliseconds(300);

    private LabDialog? jsonDialog;
    private LabDialog? runsDialog;
    private JsModule? module;
    private IDisposable? watch;
    private int typed;
    private bool leaving;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private FormLibrary Library { get; set; } = null!;

    [Inject]
    private RunQueries Queries { get; set; } = null!;

    [Inject]
    private RunCommands Commands { get; set; } = null!;

    [Inject]
    private StudyCommands StudyCommands { get; set; } = null!;

    [Inject]
    private ServiceBoard Board { get; set; } = null!;

    [Inject]
    private CurrentUser User { get; set; } = null!;

    [Inject]
    private LabSignals Signals { get; set; } = null!;

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    private RunDraft Draft { get; set; } = RunForms.All[0].Draft();

    private RunPlan Plan { get; set; } = new([], [], []);

    private FormStock? Stock { get; set; }

    private IReadOnlyList<RunEstimate> Estimates { get; set; } = [];

    private IReadOnlyList<PlannedRuns.PlannedRow> Planned { get; set; } = [];

    private IReadOnlyList<RunSummary> Recent { get; set; } = [];

    private IReadOnlyList<ServiceView> Services { get; set; } = [];

    private ServiceView? Service => Services.FirstOrDefault(service => service.Name == Draft.Service) ?? (Services.Count > 0 ? Services[0] : null);

    private bool Tried { get; set; }

    private bool More { get; set; }

    private bool Skips { get; set; }

    private bool Working { get; set; }

    private string? Failure { get; set; }

    private bool IsStudy => Draft.Form is StudyForm;

    /// <summary>Each field once.</summary>
    private List<DraftError> Blockers => [.. Plan.Errors.DistinctBy(error => error.Key)];

    private bool HasWrongText => Plan.Errors.Any(error => error.Key.Length > 0 && Draft[error.Key].Length > 0);

    private IReadOnlyList<PlannedRun> ToQueue => [.. Plan.Runs.Where((_, i) => !Skips || i >= Planned.Count || IsStudy || Planned[i].SameAs is null)];

    private string QueueWords => (Working, ToQueue.Count, Draft.Form.Nouns) switch
    {
        (true, _, _) => "Queueing…",
        (_, 0, _) when Plan.IsReady => "Everything is there already",
        (_, <= 1, var (one, _)) => IsStudy ? $"Start the {one}" : $"Queue the {one}",
        (_, var count, var (_, several)) => $"Queue {count} {several}",
    };

    private string Json => string.Join("\n\n", Plan.Runs.Select(run => JsonSerializer.Serialize(run.Json, ContractJson.Indented)));

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Navigation.LocationChanged += OnLocationChanged;
        Services = Board.List();
        ReadAddress();
        await LoadAsync();
        watch = Signals.Watch([Topics.Models, Topics.Datasets, Topics.Services, Topics.Studies], () => InvokeAsync(LoadAsync));
        if (From is { } from && await Queries.SpecAsync(from) is { } spec)
            await SetAsync(CloneOf(spec));
    }

    /// <summary>The form of the same run again; of a search that is extended, one that goes on from it.</summary>
    private RunDraft CloneOf(RunSpec spec)
    {
        var clone = RunForms.Of(spec.Parameters).Clone(spec.Parameters) with { Name = $"{spec.Name} (copy)", Study = Draft.Study };
        return Value("extends") is { } extended ? clone.With("extends", extended) with { Name = $"{spec.Name}, extended" } : clone;
    }

    private string? From => Value("from");

    private string? Value(string name) =>
        Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(Navigation.ToAbsoluteUri(Navigation.Uri).Query).TryGetValue(name, out var value) ? value.ToString() : null;

    private void ReadAddress()
    {
        var uri = Navigation.ToAbsoluteUri(Navigation.Uri);
        bool study = Value("kind") is null && Navigation.ToBaseRelativePath(Navigation.Uri).StartsWith(Urls.NewStudy, StringComparison.Ordinal);
        Draft = study ? DraftAddress.Read($"{uri.Query}{(uri.Query.Length == 0 ? '?' : '&')}kind=study") : DraftAddress.Read(uri.Query);
        Replan();
    }

    private async Task LoadAsync()
    {
        Services = Board.List();
        bool first = Stock is null;
        Stock = await Library.LoadAsync(Services.Count > 1 ? Service?.Name : null);
        if (first || Draft.Changes.Count == 0)
            Draft = FormStart.Fill(Draft, Stock.Options);
        Replan();
        StateHasChanged();
    }

    private void Replan()
    {
        var stock = Stock ?? FormStock.Empty;
        var device = Service?.Report?.Devices.FirstOrDefault();
        Plan = RunPlan.Of(Draft, stock.Options with { Device = device });
        var specs = Plan.Runs.SelectMany(run => PlannedSpecs.Of(run)).ToList();
        Estimates = [.. specs.Select(spec => RunEstimate.Of(spec.Parameters, stock.Facts, device, stock.Earlier))];
        Planned = [.. specs.Select((spec, i) => new PlannedRuns.PlannedRow(
            spec.Label,
            IsStudy ? null : stock.Known.GetValueOrDefault(SpecIdentity.Of(spec.Parameters)),
            IsStudy ? spec.Note : "new",
            Estimates[i].Seconds))];
    }

    private Task SetAsync(RunDraft draft)
    {
        Draft = draft;
        Failure = null;
        Replan();
        _ = WriteAddressAsync(++typed);
        return Task.CompletedTask;
    }

    /// <summary>The address follows the typing at a distance, so that not every key goes into the browser's history machinery.</summary>
    private async Task WriteAddressAsync(int change)
    {
        await Task.Delay(AddressDelay);
        if (change == typed && !leaving)
            await InvokeAsync(() => Navigation.NavigateTo(AddressOf(Draft), new NavigationOptions { ReplaceHistoryEntry = true }));
    }

    private static string AddressOf(RunDraft draft) => Urls.With(draft.Form is StudyForm ? Urls.NewStudy : Urls.NewRun, [.. DraftAddress.Write(draft)]);

    private string HrefOf(RunForm form) => AddressOf(form.Draft() with { Study = Draft.Study, Service = Draft.Service });

    private void OnLocationChanged(object? sender, LocationChangedEventArgs e)
    {
        string relative = Navigation.ToBaseRelativePath(e.Location);
        bool here = relative.StartsWith(Urls.NewRun, StringComparison.Ordinal) || relative.StartsWith(Urls.NewStudy, StringComparison.Ordinal);
        if (!here || relative == AddressOf(Draft))
            return;
        Tried = false;
        ReadAddress();
        if (Stock is not null)
            Draft = FormStart.Fill(Draft, Stock.Options);
        Replan();
        StateHasChanged();
    }

    private Task PresetAsync(Preset preset)
    {
        // inputs are the person's own, settings are the preset's
        var kept = Draft.ShownFields().Where(field => field.Kind is FieldKind.Input or FieldKind.Dataset).Select(field => (field.Key, Text: Draft[field.Key])).ToList();
        var draft = Draft with { Preset = preset, Changes = Draft.Changes.Clear(), Confirmed = Draft.Confirmed.Clear() };
        return SetAsync(kept.Aggregate(draft, (current, field) => current.With(field.Key, field.Text)));
    }

    private async Task ServiceAsync(string? name)
    {
        await SetAsync(Draft with { Service = name });
        await LoadAsync();
    }

    private async Task QueueAsync()
    {
        Tried = true;
        if (!Plan.IsReady || Working || ToQueue.Count == 0)
        {
            if (Blockers.FirstOrDefault(error => error.Key.Length > 0) is { } first)
                await GoToAsync(first.Key);
            return;
        }

        Working = true;
        Failure = null;
        leaving = true; // an address that is still to be written would lead back here from the run's page
        try
        {
            await SubmitAsync(await User.GetAsync());
        }
        catch (Exception e) when (e is InputRefusedException or NotAllowedException or NotFoundException)
        {
            (Failure, leaving) = (e.Message, false);
        }
        finally
        {
            Working = false;
        }
    }

    private async Task SubmitAsync(Actor by)
    {
        if (IsStudy)
        {
            string? last = null;
            foreach (var run in ToQueue)
                last = await StudyCommands.CreateFourGroupsAsync(run.Study! with { Question = run.Name, Service = Draft.Service }, by);
            Navigation.NavigateTo(ToQueue.Count == 1 ? Urls.Study(last!) : Urls.Studies);
            return;
        }

        var ids = await Commands.SubmitAsync(
            [.. ToQueue.Select(run => new RunSpec { Id = RunIds.New(), Name = run.Name, Parameters = run.Parameters! })], by, Draft.Service, Draft.Study);
        Navigation.NavigateTo(ids.Count == 1 ? Urls.Run(ids[0]) : Draft.Study is { } study ? Urls.Study(study) : Urls.Runs);
    }

    private async Task CloneAsync(string id)
    {
        if (await Queries.SpecAsync(id) is not { } spec)
            return;
        await SetAsync(RunForms.Of(spec.Parameters).Clone(spec.Parameters) with { Name = $"{spec.Name} (copy)", Service = Draft.Service });
        if (runsDialog is not null)
            await runsDialog.CloseAsync();
    }

    private async Task ShowRunsAsync()
    {
        Recent = (await Queries.ListAsync(new RunFilter { Take = 200 })).Items;
        if (runsDialog is not null)
            await runsDialog.OpenAsync();
    }

    private async Task ShowJsonAsync()
    {
        if (jsonDialog is not null)
            await jsonDialog.OpenAsync();
    }

    private async Task GoToAsync(string key)
    {
        More |= Draft.ShownFields().Any(field => field.Key == key && field.Minor);
        StateHasChanged();
        module ??= new JsModule(Js, "./js/forms.js");
        await module.InvokeVoidAsync("goTo", FieldIds.Of(key));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Navigation.LocationChanged -= OnLocationChanged;
        watch?.Dispose();
        // an address that is still to be written belongs to a page that is gone
        typed = -1;
        if (module is not null)
            await module.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
