using DpoLab.Contracts.Runs;
using DpoLab.Web.Data;
using DpoLab.Web.Runs;

namespace DpoLab.Web.Studies;

/// <summary>A study's facts in words.</summary>
internal static class StudyWords
{
    public static string Template(string template) => template == FourGroupsTemplate.Name ? "four groups, Yang et al. 2025" : template;

    public static string Of(DirectionMethod method) => method switch
    {
        DirectionMethod.Probe => "Probe",
        DirectionMethod.MeanDifference => "Mean difference",
        DirectionMethod.EmbeddingDifference => "Embedding difference",
        DirectionMethod.Svd => "SVD",
        _ => "File",
    };

    /// <summary><c>12 runs: 8 done, 1 running, 1 failed, 2 waiting</c>.</summary>
    public static string Count(IReadOnlyList<RunLink> runs)
    {
        string all = runs.Count == 1 ? "1 run" : $"{runs.Count} runs";
        var parts = new (string Word, int Count)[]
        {
            ("done", runs.Count(run => run.State is RunState.Succeeded)),
            ("running", runs.Count(run => run.State is RunState.Running)),
            ("failed", runs.Count(run => run.State is RunState.Failed)),
            ("cancelled", runs.Count(run => run.State is RunState.Cancelled)),
            ("waiting", runs.Count(run => run.State is RunState.Waiting or RunState.Queued)),
        }.Where(part => part.Count > 0).Select(part => $"{part.Count} {part.Word}").ToList();
        return parts.Count == 0 ? all : $"{all}: {string.Join(", ", parts)}";
    }
}
