using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Data;
using DpoLab.Web.Shell;

namespace DpoLab.Web.Studies.Graph;

/// <summary>The second line of a node: what came out, how far it is, or what it waits for.</summary>
internal static class NodeFacts
{
    public static string Of(StudyNode node, StudyView view, DateTimeOffset now)
    {
        var status = node.Run.Status;
        return status.State switch
        {
            RunState.Succeeded => Result(node, view),
            RunState.Running => Signs.Counting(status) + (Signs.Left(status, now) is { } left ? $" · {left} left" : ""),
            RunState.Failed => status.Reason ?? "failed",
            RunState.Cancelled => status.Reason ?? "cancelled",
            _ => Signs.Doing(status, node.Run.Service),
        };
    }

    private static string Result(StudyNode node, StudyView view) => node.Run.Kind switch
    {
        RunKind.Direction => Direction(view.Directions.FirstOrDefault(direction => direction.RunId == node.Run.Id)?.Result),
        RunKind.Dpo when view.Dpo is { } dpo && view.DpoRunId == node.Run.Id => $"best at {Numbers.Count(dpo.BestStep)} of {Numbers.Count(dpo.Steps)} steps",
        RunKind.Neurons when view.Neurons is { } neurons => $"{Numbers.Count((double)neurons.Layers * neurons.NeuronsPerLayer)} neurons, 4 groups",
        RunKind.Evaluate or RunKind.Sweep or RunKind.DynamicPatch or RunKind.Search => Toxicity(node, view),
        _ => "done",
    };

    private static string Direction(DirectionResult? result) => result switch
    {
        { Probe: { } probe } => $"accuracy {Numbers.Percent(probe.Accuracy, 1)}, AUC {Numbers.Share(probe.RocAuc)}",
        { TextsByLabel: [var clean, var toxic] } => $"{Numbers.Count(toxic)} toxic, {Numbers.Count(clean)} other texts",
        { } other => $"norm {Numbers.Short(other.Norm)}",
        null => "done",
    };

    private static string Toxicity(StudyNode node, StudyView view)
    {
        var rows = view.Table.Rows.Where(row => row.RunId == node.Run.Id && row.Row?.Toxicity is not null).Select(row => row.Row!).ToList();
        string trials = view.Tried.TryGetValue(node.Run.Id, out int tried) ? $"{Numbers.Count(tried)} tried, " : "";
        if (rows.Count == 0)
            return trials.Length > 0 ? $"{trials}none within budget" : "done";
        if (rows is [{ Family: RowFamily.Base } first, { Family: RowFamily.Dpo } second])
            return $"toxicity {Numbers.Share(first.Toxicity!.Mean)} → {Numbers.Share(second.Toxicity!.Mean)}";
        double low = rows.Min(row => row.Toxicity!.Mean), high = rows.Max(row => row.Toxicity!.Mean);
        return $"{trials}toxicity {Numbers.Share(low)}" + (rows.Count > 1 ? $" to {Numbers.Share(high)}" : "");
    }
}
