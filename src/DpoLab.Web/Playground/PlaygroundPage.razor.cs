using System.Text.Json;
using DpoLab.Contracts;
using DpoLab.Contracts.Playground;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Accounts;
using DpoLab.Web.Live;
using DpoLab.Web.Neurons;
using DpoLab.Web.NeuronSets;
using DpoLab.Web.Runs;
using DpoLab.Web.Runs.NewRun;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;

namespace DpoLab.Web.Playground;

/// <summary>One prompt, answered by up to four models side by side. The address holds all that decides the answer.</summary>
public sealed partial class PlaygroundPage
{
    private const int MostEarlier = 8;
    private const string EarlierKey = "playground";

    private readonly CallbackThrottler renders;
    private readonly PlaygroundAnswer answer = new();
    private PlaygroundSettings settings = new();
    private PlaygroundPair? pair;
    private IReadOnlyList<RunSummary> pairs = [];
    private IReadOnlyList<NeuronSetChoice> sets = [];
    private SaveSetDialog? saving;
    private NeuronSetSummary? saved;
    private bool mayChange;
    private IReadOnlyList<EarlierPrompt> earlier = [];
    private string draft = "";
    private string? asked; // the address that the shown answer belongs to
    private CancellationTokenSource? asking;
    private string? connection; // what keeps the models from being asked
    private int version;

    public PlaygroundPage() => renders = new CallbackThrottler(CallbackThrottler.RenderInterval, () => InvokeAsync(StateHasChanged));

    [Inject]
    private PlaygroundQueries Queries { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private CurrentUser User { get; set; } = null!;

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    /// <inheritdoc/>
    protected override IReadOnlyList<string> WatchedTopics { get; } = [Topics.Services, Topics.Models, Topics.NeuronSets];

    private string LensAddress => Urls.LensOf(("run", settings.Run), ("prompt", draft.Length > 0 ? draft : null));

    private int PromptRows => Math.Clamp(draft.Count(c => c == '\n') + 1, 1, 8);

    /// <summary>Why nothing can be generated; null: it can.</summary>
    private string? Hindrance => draft.Length == 0 ? "Write a prompt first." : settings.Problem(pair!.Made) ?? MissingSet ?? connection;

    private string? MissingSet => settings.Sets.Any(digest => SetName(digest) is null)
        ? "The neuron set of this address is not in this lab, or is of a model of another shape. Choose another." : null;

    private InputRef? ScorerRef => settings.Scorer is ""
        ? null
        : pair!.Scorers.FirstOrDefault(scorer => settings.Scorer is null || InputText.Write(scorer.Ref) == settings.Scorer)?.Ref;

    /// <summary>What is shown answers another address than the one that "Generate" would make.</summary>
    private bool IsStale => asked is not null && !answer.IsBusy && asked != (settings with { Prompt = draft, Asked = true }).Address;

    private string EvaluateEdit => InterventionLinks.OfEdit(pair!.RunId, pair.Made, settings.Edit);

    private string? SetName(string digest) => sets.FirstOrDefault(set => set.Digest == digest)?.Reference.Name;

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        Navigation.LocationChanged += OnLocationChanged;
        settings = PlaygroundSettings.Read(new Uri(Navigation.Uri));
        draft = settings.Prompt;
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync() => mayChange = await User.FindAsync() is { Role: >= LabRole.Researcher };

    /// <inheritdoc/>
    protected override async Task LoadAsync()
    {
        if (pair is null || pair.RunId != settings.Run)
        {
            pairs = await Queries.PairsAsync();
            pair = null; // of a run that cannot be found nothing is kept
            pair = await Queries.FindAsync(settings.Run, Gone);
            settings = settings with { Run = pair?.RunId };
        }

        sets = pair is null ? [] : await Queries.SetsAsync(pair);
        connection = pair is null ? null : Queries.Problem(pair.Service);
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        await ReadEarlierAsync();
        AskIfAddressSaysSo();
        StateHasChanged();
    }

    private void OnLocationChanged(object? sender, LocationChangedEventArgs e) => _ = InvokeAsync(async () =>
    {
        var now = PlaygroundSettings.Read(new Uri(e.Location));
        if (!Navigation.ToBaseRelativePath(e.Location).StartsWith(Urls.Playground, StringComparison.Ordinal))
            return;
        if (now.Prompt != settings.Prompt)
            draft = now.Prompt;
        settings = now;
        await RefreshAsync();
        AskIfAddressSaysSo();
    });

    private void AskIfAddressSaysSo()
    {
        if (settings.Asked && pair is not null && settings.Prompt.Length > 0 && asked != settings.Address && Hindrance is null)
            _ = AnswerAsync();
    }

    /// <summary>New settings; what is shown stays until "Generate", and is no answer of theirs.</summary>
    private void Change(PlaygroundSettings now)
    {
        // a change of the layout alone keeps the answer
        bool same = (now with { InARow = settings.InARow, Asked = settings.Asked }).Address == settings.Address;
        now = now with { Asked = same && settings.Asked };
        if (same && asked == settings.Address)
            asked = now.Address;
        Navigation.NavigateTo(now.Address, replace: true);
    }

    private void Toggle(ColumnKind kind) => Change(settings with
    {
        Columns = settings.Columns.Contains(kind) ? [.. settings.Columns.Where(k => k != kind)] : [.. settings.Columns.Append(kind).Order()],
    });

    private async Task AskAsync()
    {
        if (Hindrance is not null)
            return;
        settings = settings with { Prompt = draft, Asked = true, Scorer = ScorerRef is { } scorer ? InputText.Write(scorer) : "" };
        asked = settings.Address;
        Navigation.NavigateTo(settings.Address);
        await KeepEarlierAsync();
        await AnswerAsync();
    }

    private async Task AnswerAsync()
    {
        asked = settings.Address;
        await StopAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Gone);
        asking = stop;
        answer.Begin();
        Render();
        try
        {
            await foreach (var batch in Queries.AskAsync(pair!.Service, settings.Question(pair.Made, ScorerRef), stop.Token))
            {
                stop.Token.ThrowIfCancellationRequested(); // what comes late belongs to no answer any more
                foreach (PlaygroundEvent happened in batch)
                    answer.Take(happened);
                Render();
            }
        }
        catch (InputRefusedException e) when (!stop.IsCancellationRequested)
        {
            answer.Fail(e.Message);
        }
        catch (Exception e) when (e is OperationCanceledException or InputRefusedException)
        {
            // the person has stopped it, asked anew or gone
        }
        finally
        {
            if (ReferenceEquals(asking, stop))
                asking = null;
        }

        Render();
    }

    private async Task StopAsync()
    {
        if (asking is not { } stop)
            return;
        asking = null;
        answer.Stop();
        await stop.CancelAsync();
        Render();
    }

    private async Task OnKeyAsync(KeyboardEventArgs key)
    {
        if (key.Key is "Escape")
            await StopAsync();
    }

    private void Render()
    {
        version++;
        renders.Signal();
    }

    private async Task ReadEarlierAsync()
    {
        try
        {
            if (await Js.InvokeAsync<string?>("localStorage.getItem", Gone, EarlierKey) is { } kept)
                earlier = JsonSerializer.Deserialize<List<EarlierPrompt>>(kept, ContractJson.Options) ?? [];
        }
        catch (JsonException)
        {
            earlier = []; // of another version
        }
    }

    private async Task KeepEarlierAsync()
    {
        earlier = [new EarlierPrompt(settings.Prompt, settings.Address, DateTimeOffset.UtcNow), .. earlier.Where(e => e.Prompt != settings.Prompt).Take(MostEarlier - 1)];
        await Js.InvokeVoidAsync("localStorage.setItem", Gone, EarlierKey, JsonSerializer.Serialize(earlier, ContractJson.Options));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (!disposing)
            return;
        Navigation.LocationChanged -= OnLocationChanged;
        renders.Dispose();
    }

    /// <summary>A prompt that was answered in this browser.</summary>
    private sealed record EarlierPrompt(string Prompt, string Address, DateTimeOffset At);
}
