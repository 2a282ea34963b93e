using System.Globalization;
using DpoLab.Contracts.Playground;
using DpoLab.Web.Datasets;
using DpoLab.Web.Live;
using DpoLab.Web.Runs;
using DpoLab.Web.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;

namespace DpoLab.Web.Playground;

/// <summary>A prompt, or a set of them, through the logit lens of both models. The address holds all that decides what is shown.</summary>
public sealed partial class LensPage
{
    private LensSettings settings = new();
    private PlaygroundPair? pair;
    private IReadOnlyList<RunSummary> pairs = [];
    private string draft = "";
    private string followed = "";
    private string? asked; // the address that the shown report belongs to
    private CancellationTokenSource? asking;
    private WaitingEvent? waits;
    private ReadingEvent? read;
    private string? loads;
    private string? problem;
    private string? connection;
    private LensReport? report;
    private string device = "";

    [Inject]
    private PlaygroundQueries Queries { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    /// <inheritdoc/>
    protected override IReadOnlyList<string> WatchedTopics { get; } = [Topics.Services, Topics.Datasets];

    private DatasetView? Chosen => pair?.Prompts.FirstOrDefault(dataset => dataset.Id == settings.Dataset);

    /// <summary>Why nothing can be read; null: it can.</summary>
    private string? Hindrance => connection
        ?? (settings.Dataset is null && draft.Length == 0 ? "Write a prompt first." : null)
        ?? (settings.Dataset is not null && Chosen is null ? "The dataset is not on this compute service. Choose another." : null)
        ?? ((settings with { Followed = followed }).Tokens.Count == 0 ? "Enter a word to follow." : null);

    private string Progress => read is { } far ? $"{Numbers.Count(far.Done)} of {Numbers.Count(far.Total)} readings" : loads is null ? "asking…" : $"loading {loads}…";

    private string Read => (settings.Dataset is null ? "one prompt" : $"{Chosen?.Name}, first {Numbers.Count(report?.Prompts ?? 0)}") + $", cut at {settings.MaxPromptTokens} tokens";

    private string Source => $"{pair!.Made.Base.Name} → {pair.Made.Tuned.Name} · final norm and unembedding on the stream at the prompt's last token · {Read} · {Words.Of(settings.Precision)}, {device}";

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        Navigation.LocationChanged += OnLocationChanged;
        Take(LensSettings.Read(new Uri(Navigation.Uri)));
    }

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

        connection = pair is null ? null : Queries.Problem(pair.Service);
    }

    /// <inheritdoc/>
    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
            AskIfAddressSaysSo();
    }

    private void Take(LensSettings now) => (settings, draft, followed) = (now, now.Prompt, now.Followed);

    private void OnLocationChanged(object? sender, LocationChangedEventArgs e) => _ = InvokeAsync(async () =>
    {
        if (!Navigation.ToBaseRelativePath(e.Location).StartsWith(Urls.Lens, StringComparison.Ordinal))
            return;
        Take(LensSettings.Read(new Uri(e.Location)));
        await RefreshAsync();
        AskIfAddressSaysSo();
    });

    private void AskIfAddressSaysSo()
    {
        if (settings.Asked && pair is not null && asked != settings.Address && Hindrance is null)
            _ = LookAsync();
    }

    private void Choose(int? dataset) => Navigation.NavigateTo((settings with { Dataset = dataset, Prompt = draft, Followed = followed, Asked = false }).Address, replace: true);

    private void OnLimit(ChangeEventArgs e)
    {
        if (int.TryParse(e.Value?.ToString(), CultureInfo.InvariantCulture, out int limit))
            Navigation.NavigateTo((settings with { Limit = Math.Clamp(limit, 1, 2000), Followed = followed, Asked = false }).Address, replace: true);
    }

    private async Task AskAsync()
    {
        if (Hindrance is not null)
            return;
        settings = settings with { Prompt = draft, Followed = followed, Asked = true };
        asked = settings.Address;
        Navigation.NavigateTo(settings.Address);
        await LookAsync();
    }

    private async Task LookAsync()
    {
        asked = settings.Address;
        await StopAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Gone);
        asking = stop;
        (waits, read, loads, problem) = (null, null, null, null);
        StateHasChanged();
        try
        {
            await foreach (var batch in Queries.AskAsync(pair!.Service, settings.Question(Chosen?.Ref), stop.Token))
            {
                stop.Token.ThrowIfCancellationRequested(); // what comes late belongs to no question any more
                foreach (PlaygroundEvent happened in batch)
                    Take(happened);
                StateHasChanged();
            }
        }
        catch (InputRefusedException e) when (!stop.IsCancellationRequested)
        {
            (problem, report) = (e.Message, null);
        }
        catch (Exception e) when (e is OperationCanceledException or InputRefusedException)
        {
            // the person has stopped it, asked anew or gone
        }
        finally
        {
            if (ReferenceEquals(asking, stop))
                (asking, waits) = (null, null);
        }

        if (!Gone.IsCancellationRequested)
            StateHasChanged();
    }

    private void Take(PlaygroundEvent happened)
    {
        waits = happened as WaitingEvent;
        switch (happened)
        {
            case LoadingEvent loading:
                loads = loading.What;
                break;
            case ReadingEvent reading:
                read = reading;
                break;
            case LensEvent seen:
                report = seen.Report;
                break;
            case QuestionEndedEvent ended:
                device = ended.Device;
                break;
        }
    }

    private async Task StopAsync()
    {
        if (asking is not { } stop)
            return;
        asking = null;
        await stop.CancelAsync();
    }

    private async Task OnKeyAsync(KeyboardEventArgs key)
    {
        if (key.Key is "Escape")
            await StopAsync();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
            Navigation.LocationChanged -= OnLocationChanged;
    }
}
