using DpoLab.Contracts.Playground;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Live;
using DpoLab.Web.Models;
using DpoLab.Web.Playground;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Neurons;

/// <summary>Asks the process that keeps the models loaded what a change of one neuron does, prompt by prompt; a new change stops what is being asked.</summary>
public sealed partial class EffectPanel
{
    /// <summary>A slider that is moved on within this time asks once.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly CallbackThrottler renders;
    private IReadOnlyList<PromptEffect> effects = [];
    private PlaygroundPair? pair;
    private EffectSettings? asked;
    private CancellationTokenSource? asking;
    private WaitingEvent? waits;
    private QuestionEndedEvent? source;
    private string? problem;

    public EffectPanel() => renders = new CallbackThrottler(CallbackThrottler.RenderInterval, () => InvokeAsync(StateHasChanged));

    [Inject]
    private PlaygroundQueries Queries { get; set; } = null!;

    /// <summary>The neurons run.</summary>
    [Parameter, EditorRequired]
    public string RunId { get; set; } = "";

    /// <summary>Its settings.</summary>
    [Parameter, EditorRequired]
    public NeuronsParameters Made { get; set; } = null!;

    [Parameter, EditorRequired]
    public NeuronIndex Neuron { get; set; }

    /// <summary>Decides which way an edit goes.</summary>
    [Parameter, EditorRequired]
    public NeuronGroup? Quadrant { get; set; }

    /// <summary>Mean activations, in base and tuned model.</summary>
    [Parameter, EditorRequired]
    public double Before { get; set; }

    [Parameter, EditorRequired]
    public double After { get; set; }

    /// <summary>Nobody finds prompts on which it fires; false: they may come.</summary>
    [Parameter]
    public bool NoTexts { get; set; }

    /// <summary>What is done, and on which prompts; without prompts the panel waits for them.</summary>
    [Parameter, EditorRequired]
    public EffectSettings Settings { get; set; } = null!;

    /// <summary>Something else is to be shown; null: nothing.</summary>
    [Parameter]
    public EventCallback<EffectSettings?> Changed { get; set; }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> WatchedTopics { get; } = [Topics.Services, Topics.Models];

    private ColumnKind Changing => NeuronDeeds.Column(Settings.Deed);

    /// <summary>What is asked for, in this order: what shows the effect comes first, for all prompts.</summary>
    private IReadOnlyList<ColumnKind>[] Rounds => [[ColumnKind.Base, Changing], [ColumnKind.Dpo]];

    private bool IsBusy => asking is not null;

    private bool HasMissing => effects.Any(effect => effect.Missing([.. Rounds.SelectMany(kinds => kinds)]).Count > 0);

    private int Complete => effects.Count(effect => effect.Missing(Rounds[0]).Count == 0);

    private string Sub => effects.Count == 0 ? "" : IsBusy && Complete < effects.Count ? $"{Complete} of {effects.Count} prompts answered" : $"on {effects.Count} {(effects.Count == 1 ? "prompt" : "prompts")}";

    private ModelView? Scorer => pair?.Scorers.FirstOrDefault();

    private int? TopTokens => effects.Select(effect => effect.Of(ColumnKind.Base).Tokens).Where(tokens => tokens.Count > 0).Select(tokens => (int?)tokens[0].Top.Count).FirstOrDefault();

    private string EvaluateHref => InterventionLinks.OfNeuron(Settings, RunId, Made, Neuron, Quadrant);

    /// <inheritdoc/>
    protected override async Task LoadAsync()
    {
        pair = await Queries.FindAsync(RunId, Gone);
        if (!RendererInfo.IsInteractive || Settings.Prompts.Count == 0 || Settings.AnswersAs(asked))
            return;
        bool slid = asked is not null && asked.Deed == Settings.Deed && asked.Prompts.SequenceEqual(Settings.Prompts, StringComparer.Ordinal);
        Take();
        _ = AskAllAsync(slid ? Pause : TimeSpan.Zero);
    }

    /// <summary>What is known of the prompts stays; of the changed model only where the change is the same.</summary>
    private void Take()
    {
        bool sameChange = Settings.AnswersAs(asked is null ? null : asked with { Prompts = Settings.Prompts });
        effects = [.. Settings.Prompts.Select(prompt => effects.FirstOrDefault(effect => effect.Prompt == prompt) ?? new PromptEffect(prompt))];
        asked = Settings;
        if (sameChange)
            return;
        foreach (PromptEffect effect in effects)
            effect.ForgetChange();
    }

    private Task AskAsync() => AskAllAsync(TimeSpan.Zero);

    private async Task AskAllAsync(TimeSpan pause)
    {
        await StopAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Gone);
        asking = stop;
        problem = null;
        StateHasChanged();
        try
        {
            await Task.Delay(pause, stop.Token);
            foreach (IReadOnlyList<ColumnKind> kinds in Rounds)
            {
                foreach (PromptEffect effect in effects)
                {
                    if (effect.Missing(kinds) is { Count: > 0 } missing)
                        await AskOneAsync(effect, missing, stop.Token);
                }
            }
        }
        catch (InputRefusedException e) when (!stop.IsCancellationRequested)
        {
            problem = e.Message;
        }
        catch (Exception e) when (e is OperationCanceledException or InputRefusedException)
        {
            // the person has stopped it, changed something or gone
        }

        if (!ReferenceEquals(asking, stop))
            return;
        (asking, waits) = (null, null);
        renders.Signal();
    }

    private async Task AskOneAsync(PromptEffect effect, IReadOnlyList<ColumnKind> kinds, CancellationToken stop)
    {
        PlaygroundQuestion question = EffectSettings.Question(kinds, effect.Prompt, RunId, Made, asked!.On(Neuron, Quadrant), Scorer?.Ref);
        PlaygroundAnswer answer = effect.Begin();
        renders.Signal();
        try
        {
            await foreach (IReadOnlyList<PlaygroundEvent> batch in Queries.AskAsync(pair!.Service, question, stop))
            {
                stop.ThrowIfCancellationRequested(); // what comes late belongs to no answer any more
                foreach (PlaygroundEvent happened in batch)
                    answer.Take(happened);
                waits = answer is { State: AnswerState.Waiting, Waits: { } place } ? place : null;
                source = answer.Source ?? source;
                renders.Signal();
            }
        }
        catch (InputRefusedException e) when (!stop.IsCancellationRequested)
        {
            answer.Fail(e.Message);
            throw;
        }
        catch (Exception e) when (e is OperationCanceledException or InputRefusedException)
        {
            answer.Stop();
            throw;
        }
    }

    private async Task StopAsync()
    {
        if (asking is not { } stop)
            return;
        (asking, waits) = (null, null);
        await stop.CancelAsync();
    }

    private string PlaygroundHref(string prompt) => (PlaygroundLinks.Of(RunId, Made, Settings.On(Neuron, Quadrant))! with
    {
        Prompt = prompt,
        MaxPromptTokens = Made.MaxPromptTokens,
        NewTokens = Made.NewTokens,
        Asked = true,
    }).Address;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
            renders.Dispose();
    }
}
