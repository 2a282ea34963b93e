using DpoLab.Web.Live;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Shell;

/// <summary>
/// A part of a page that shows something that changes: it hears that it changed, pulls, and renders at most ten times a second. What fails is
/// kept in <see cref="Failure"/>, and the part says so in its place.
/// </summary>
public abstract class LiveComponent : ComponentBase, IDisposable
{
    private IDisposable? watch;
    private IReadOnlyList<string> watched = [];

    [Inject]
    protected LabSignals Signals { get; set; } = null!;

    [Inject]
    private ILoggerFactory Loggers { get; set; } = null!;

    /// <summary>True when <see cref="LoadAsync"/> has succeeded once.</summary>
    protected bool Loaded { get; private set; }

    /// <summary>Why the last load failed; null when it did not.</summary>
    protected Exception? Failure { get; private set; }

    /// <summary>What to hear about: of <see cref="Topics"/>.</summary>
    protected abstract IReadOnlyList<string> WatchedTopics { get; }

    /// <summary>Pulls what is shown.</summary>
    protected abstract Task LoadAsync();

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (!watched.SequenceEqual(WatchedTopics))
        {
            watched = WatchedTopics;
            watch?.Dispose();
            if (RendererInfo.IsInteractive)
                watch = Signals.Watch(watched, () => InvokeAsync(RefreshAsync));
        }

        await TryLoadAsync();
    }

    /// <summary>Pulls and renders; also the answer to "Retry".</summary>
    protected async Task RefreshAsync()
    {
        await TryLoadAsync();
        StateHasChanged();
    }

    private async Task TryLoadAsync()
    {
        try
        {
            await LoadAsync();
            Loaded = true;
            Failure = null;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Failure = failure;
            if (!Failures.IsOwn(failure))
                Loggers.CreateLogger(GetType()).LogError(failure, "{Component} could not load what it shows.", GetType().Name);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the subscription.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
            watch?.Dispose();
    }
}
