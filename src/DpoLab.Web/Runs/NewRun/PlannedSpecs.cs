using DpoLab.Contracts.Runs;
using DpoLab.Web.Studies;

namespace DpoLab.Web.Runs.NewRun;

/// <summary>The runs behind a planned line: itself, or every run of a study.</summary>
/// <param name="Label">What sets it apart.</param>
/// <param name="Note">Its kind, for runs of a study.</param>
/// <param name="Parameters">Its settings.</param>
internal sealed record PlannedSpecs(string Label, string Note, RunParameters Parameters)
{
    public static IEnumerable<PlannedSpecs> Of(PlannedRun run) => run.Spec switch
    {
        RunParameters parameters => [new PlannedSpecs(run.Label.Length == 0 ? run.Name : run.Label, "", parameters)],
        FourGroupsInputs inputs => FourGroupsTemplate.Plan(inputs).Runs.Select(node => new PlannedSpecs(node.Spec.Name, "", node.Spec.Parameters)),
        _ => [],
    };
}
