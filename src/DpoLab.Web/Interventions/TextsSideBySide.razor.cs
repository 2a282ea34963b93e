using DpoLab.Contracts.Results;
using DpoLab.Web.Shell;
using DpoLab.Web.Studies;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Interventions;

/// <summary>The texts of two rows of a study, prompt by prompt.</summary>
public sealed partial class TextsSideBySide
{
    private const int Step = 25;
    private int most = Step;
    private string? read;
    private IReadOnlyList<TextPair> pairs = [];
    private IReadOnlyList<TextPair> ordered = [];
    private Estimate? difference;

    [Inject]
    private TextPairs Texts { get; set; } = null!;

    /// <summary>Those that are measured.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<StudyTableRow> Rows { get; set; } = [];

    /// <summary>Key of the left row.</summary>
    [Parameter]
    public string? First { get; set; }

    /// <summary>Key of the right row.</summary>
    [Parameter]
    public string? Second { get; set; }

    /// <summary><c>more-toxic</c>, <c>prompt</c>; else what became less toxic comes first.</summary>
    [Parameter]
    public string? Order { get; set; }

    /// <summary>What was chosen, as a part of the address.</summary>
    [Parameter]
    public EventCallback<(string Name, string? Value)> Chosen { get; set; }

    private string Sub => difference is { } d
        ? $"right minus left {Numbers.Difference(d.Mean)} [{Numbers.Difference(d.Low)}, {Numbers.Difference(d.High)}], {Numbers.Count(d.Count)} prompts"
        : "two rows side by side";

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        string now = $"{First}|{Second}";
        if (now != read)
        {
            read = now;
            most = Step;
            pairs = Row(First) is { } left && Row(Second) is { } right
                ? TextPairs.Of(await Texts.ReadAsync(left.RunId, left.Variant), await Texts.ReadAsync(right.RunId, right.Variant))
                : [];
            difference = TextPairs.Difference(pairs);
        }

        ordered = Order switch
        {
            "prompt" => pairs,
            "more-toxic" => [.. pairs.OrderByDescending(pair => pair.Difference ?? double.NegativeInfinity)],
            _ => [.. pairs.OrderBy(pair => pair.Difference ?? double.PositiveInfinity)],
        };
    }

    private StudyTableRow? Row(string? key) => Rows.FirstOrDefault(row => InterventionsPage.Key(row) == key);
}
