using DpoLab.Contracts.Results;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Runs;

/// <summary>Sampled answers during training, at one validation; follows the newest until another is chosen.</summary>
public sealed partial class AnswersPanel
{
    private const int Most = 1000;
    private const string Reference = "reference";

    private IReadOnlyList<long> steps = [];
    private IReadOnlyList<string> variants = [];
    private IReadOnlyList<IGrouping<int, GenerationRecord>> rows = [];
    private long step;
    private bool follows = true;
    private int read = -1;

    [Inject]
    private RunQueries Runs { get; set; } = null!;

    [Parameter, EditorRequired]
    public RunView Run { get; set; } = null!;

    private int Index => steps.ToList().IndexOf(step);

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (read == Run.TextCount)
            return;
        read = Run.TextCount;
        TextGroups groups = await Runs.TextGroupsAsync(Run.Summary.Id);
        steps = groups.Steps;
        if (steps.Count == 0)
            return;
        if (follows || !steps.Contains(step))
            step = steps[^1];
        await ReadAsync();
    }

    private async Task MoveAsync(int by)
    {
        step = steps[Math.Clamp(Index + by, 0, steps.Count - 1)];
        follows = step == steps[^1];
        await ReadAsync();
    }

    private async Task ReadAsync()
    {
        Paged<GenerationRecord> now = await Runs.TextsAsync(Run.Summary.Id, new TextFilter { Step = step, Take = Most });
        // answers of the reference do not change: they may be given once, at an early step
        Paged<GenerationRecord> first = step == steps[0] ? now : await Runs.TextsAsync(Run.Summary.Id, new TextFilter { Step = steps[0], Variant = Reference, Take = Most });
        GenerationRecord[] all = [.. now.Items, .. first.Items.Where(f => !now.Items.Any(n => n.Variant == f.Variant && n.Prompt == f.Prompt))];
        variants = [.. all.Select(a => a.Variant).Distinct(StringComparer.Ordinal).OrderBy(v => v == Reference ? 0 : 1)];
        rows = [.. all.GroupBy(a => a.Prompt).OrderBy(g => g.Key)];
    }
}
