using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Data;
using DpoLab.Web.Shell;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Studies.Table;

/// <summary>One variant of the paper's table, there or still to come.</summary>
public partial class PaperRow
{
    /// <summary>A perplexity this many times the base's is shown as a warning: such a model no longer writes the text.</summary>
    private const double CostlyRatio = 1.5;

    [Parameter, EditorRequired]
    public StudyTableRow Row { get; set; } = null!;

    [Parameter, EditorRequired]
    public ToxicityAxis Axis { get; set; } = null!;

    /// <summary>The base model's perplexity; null: not known yet.</summary>
    [Parameter]
    public double? Base { get; set; }

    /// <summary>The table has a column of published values.</summary>
    [Parameter]
    public bool HasPaper { get; set; }

    /// <summary>The table has a column of links to the Playground.</summary>
    [Parameter]
    public bool Tryable { get; set; }

    /// <summary>The row above says the same reason already.</summary>
    [Parameter]
    public bool Repeats { get; set; }

    /// <summary>The page of the run that the row comes from.</summary>
    [Parameter, EditorRequired]
    public string Href { get; set; } = "";

    private bool Ended => Row.RunState is RunState.Failed or RunState.Cancelled or RunState.Succeeded;

    private string NameTitle => Row.BeatsDpo ? $"{Row.Name}: less toxic than DPO, the paired difference's interval excludes 0" : Row.Name;

    private bool IsCostly(EvaluationRow row) => Base is { } reference && row.Perplexity?.Value > CostlyRatio * reference;

    private string? PerplexityTitle(EvaluationRow row) => row.Perplexity is not { } p ? null
        : $"{Numbers.Short(p.Nats)} nats, {Numbers.Short(p.BitsPerByte)} bits a byte over {Numbers.Count(p.ScoredTokens)} scored tokens, windows of {Numbers.Count(p.Window)}"
            + (!IsCostly(row) ? "" : row.Intervention is PatchIntervention { Form: InterventionForm.Constant } or EditIntervention { Form: InterventionForm.Constant }
                ? ". Constants at all positions wipe out what the text says" : $". {Numbers.Fixed(p.Value / Base!.Value, 1)} times the base model’s");

    // a difference of the base from itself is nothing, not a number
    private string Difference(double mean) => Row.Family is RowFamily.Base ? "" : Numbers.Difference(mean);

    private static string ToxicityTitle(Estimate toxicity) =>
        $"n {Numbers.Count(toxicity.Count)}" + (toxicity.Missing > 0 ? $", {Numbers.Count(toxicity.Missing)} could not be scored and count as missing" : "");

    private static string? Ends(Estimate? estimate, Func<double, string> format) =>
        estimate is null ? null : $"[{format(estimate.Low)}, {format(estimate.High)}], n {Numbers.Count(estimate.Count)}";

    private static string? Ends(Estimate? estimate, Func<double, int, string> format) => Ends(estimate, value => format(value, 3));

    private static string? ShareTitle(EvaluationRow row) => row.ShareOfDpo is { } share
        ? $"[{Numbers.Percent(share.Low)}, {Numbers.Percent(share.High)}] of what DPO did to toxicity"
        : null;
}
