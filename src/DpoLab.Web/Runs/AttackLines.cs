using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Charts;
using DpoLab.Web.Shell;

namespace DpoLab.Web.Runs;

/// <summary>Rows of attacks as lines: for each attack one a subject, from the subject as it is to the greatest budget.</summary>
internal static class AttackLines
{
    public static IReadOnlyList<(AttackKind Kind, IReadOnlyList<BudgetLine> Lines)> Of(IReadOnlyList<EvaluationRow> rows) =>
    [
        .. rows.Where(row => row.Attack is not null).GroupBy(row => row.Attack!.Kind).OrderBy(kind => kind.Key).Select(kind => (
            kind.Key,
            (IReadOnlyList<BudgetLine>)[.. kind.GroupBy(row => row.Attack!.Subject, StringComparer.Ordinal).Select(subject => Line(rows, kind.Key, subject))])),
    ];

    private static BudgetLine Line(IReadOnlyList<EvaluationRow> rows, AttackKind kind, IGrouping<string, EvaluationRow> subject)
    {
        var asItIs = rows.Where(row => row.Attack is null && row.Variant == subject.Key).Select(row => (AttackWords.Nothing(kind), row));
        var attacked = subject.Select(row => (row.Attack!.Budget, row));
        return new BudgetLine(subject.Key, subject.First().Family, [.. asItIs.Concat(attacked).OrderBy(point => point.Item1)]);
    }
}

/// <summary>How attacks are called.</summary>
internal static class AttackWords
{
    public static string Title(AttackKind kind) => kind switch
    {
        AttackKind.Relearn => "Relearning",
        AttackKind.ScaleKeys => "Keys scaled",
        AttackKind.AddDirection => "Direction added back",
        AttackKind.Prune => "Pruned",
        _ => kind.ToString(),
    };

    public static string Sub(AttackKind kind, SurviveParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return kind switch
        {
            AttackKind.Relearn => $"on rejected answers, learning rate {Numbers.Setting(parameters.Relearn.LearningRate)}",
            AttackKind.ScaleKeys => $"of the top {Numbers.Count(parameters.ScaleKeys.Count)} toxic neurons",
            AttackKind.AddDirection => parameters.AddDirection.Layer is { } layer ? $"in layer {layer}" : "in the last layer",
            AttackKind.Prune => "neurons of greatest |Δproj|",
            _ => "",
        };
    }

    /// <summary>What the budget counts.</summary>
    public static string Budget(AttackKind kind) => kind switch
    {
        AttackKind.Relearn => "optimizer steps",
        AttackKind.ScaleKeys => "factor s",
        AttackKind.AddDirection => "strength, parts of the stream’s norm",
        AttackKind.Prune => "neurons set to zero",
        _ => "budget",
    };

    /// <summary>Where it acts.</summary>
    public static string Note(AttackKind kind) => kind switch
    {
        AttackKind.Relearn => "all weights trained; what intervenes on a subject acts meanwhile, at all positions",
        AttackKind.AddDirection => "at the last prompt position and every generated one",
        _ => "at every position",
    };

    /// <summary>The budget that changes nothing.</summary>
    public static double Nothing(AttackKind kind) => kind is AttackKind.ScaleKeys ? 1 : 0;

    /// <summary>An attack with its budget in a sentence.</summary>
    public static string Spent(AttackNote attack)
    {
        ArgumentNullException.ThrowIfNull(attack);
        string budget = Numbers.Setting(attack.Budget);
        return attack.Kind switch
        {
            AttackKind.Relearn => $"{budget} steps of relearning",
            AttackKind.ScaleKeys => $"keys × {budget}",
            AttackKind.AddDirection => $"the direction added back at {budget} ‖x‖",
            AttackKind.Prune => $"{budget} neurons pruned",
            _ => budget,
        };
    }
}
