using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Web.Runs;

/// <summary>The grid of a sweep, done or under way: what was tried at each point, and which points are the best within a budget.</summary>
public sealed record SweepGridView
{
    public required string RunId { get; init; }

    /// <summary>Of the run.</summary>
    public required string Name { get; init; }

    public required SweepParameters Parameters { get; init; }

    /// <summary>Those that are measured.</summary>
    public required IReadOnlyList<SweepTrial> Trials { get; init; }

    /// <summary>The best edits within each budget; empty while the sweep goes on.</summary>
    public IReadOnlyList<EvaluationRow> Chosen { get; init; } = [];

    /// <summary>What each budget came to; empty while the sweep goes on.</summary>
    public IReadOnlyList<BudgetLimit> Limits { get; init; } = [];

    /// <summary>The grid of a run; null: it is no sweep.</summary>
    public static SweepGridView? Of(RunView run)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (run.Spec.Parameters is not SweepParameters parameters)
            return null;
        var result = run.Result as SweepResult;
        return new SweepGridView
        {
            RunId = run.Summary.Id,
            Name = run.Summary.Name,
            Parameters = parameters,
            Trials = result?.Trials ?? [.. run.Rows.Where(row => row.Budget is null && row.Intervention is EditIntervention).Select(TrialOf)],
            Chosen = result?.Chosen ?? [],
            Limits = result?.Limits ?? [],
        };
    }

    /// <summary>What was tried at a point; null: nothing yet.</summary>
    public SweepTrial? At(InterventionForm form, double alpha, double beta) =>
        Trials.FirstOrDefault(trial => trial.Form == form && trial.Alpha == alpha && trial.Beta == beta);

    /// <summary>The budgets that the edit at a point is the best of its form within.</summary>
    public IEnumerable<string> BestWithin(InterventionForm form, double alpha, double beta) => Chosen
        .Where(row => row.Intervention is EditIntervention edit && edit.Form == form && edit.Alpha == alpha && edit.Beta == beta)
        .Select(row => row.Budget)
        .OfType<string>();

    private static SweepTrial TrialOf(EvaluationRow row)
    {
        var edit = (EditIntervention)row.Intervention!;
        return new SweepTrial { Form = edit.Form, Alpha = edit.Alpha, Beta = edit.Beta, Row = row };
    }
}
