using DpoLab.Contracts.Runs;

namespace DpoLab.Web.Studies;

/// <summary>A study to be: its question and its runs, which refer to each other by ids that are given already.</summary>
internal sealed record StudyPlan(string Question, IReadOnlyList<PlannedRun> Runs);

/// <summary>A run to be, with what it is for.</summary>
internal sealed record PlannedRun(string Key, RunSpec Spec);

/// <summary>
/// The paper's whole story on one model: what DPO did, whether the four groups explain it, whether the most toxic neurons do, and whether an edit
/// without tuning does as well. Settings are chosen on one half of the prompts; every row is reported on the other.
/// </summary>
public static class FourGroupsTemplate
{
    /// <summary>As stored with a study.</summary>
    public const string Name = "four-groups";

    /// <summary>Begins the keys of runs that are there for the comparison of the protocols.</summary>
    public const string PublishedKey = "published-";

    internal static StudyPlan Plan(FourGroupsInputs inputs)
    {
        var ids = new FourGroupsIds();
        IEnumerable<PlannedRun> published = inputs.AlsoPublished ? Published(inputs, ids) : [];
        return new StudyPlan(inputs.Question ?? $"Do toxic neurons explain what DPO does to {inputs.Model.Name}?",
        [
            .. Directions(inputs, ids, comparedWith: null),
            new("dpo", Spec(ids.DpoRun, $"DPO of {inputs.Model.Name}", FourGroupsTraining.Of(inputs))),
            .. Measurements(inputs, ids),
            new("sweep", Spec(ids.SweepRun, "Edits without tuning", new FourGroupsRows(inputs, ids).Sweep())),
            .. published,
        ]);
    }

    /// <summary>What the protocol changes, once more by the published one, of the same tuned model.</summary>
    private static IEnumerable<PlannedRun> Published(FourGroupsInputs inputs, FourGroupsIds ids)
    {
        var published = inputs with { Protocol = Protocol.Published };
        var own = new FourGroupsIds(ids.DpoRun);
        return ((IEnumerable<PlannedRun>)[.. Directions(published, own, comparedWith: ids), .. Measurements(published, own)])
            .Select(run => new PlannedRun(PublishedKey + run.Key, run.Spec with { Name = $"{run.Spec.Name}, published" }));
    }

    private static IEnumerable<PlannedRun> Directions(FourGroupsInputs inputs, FourGroupsIds ids, FourGroupsIds? comparedWith) =>
    [
        new("probe", Spec(ids.ProbeRun, "Probe direction", Direction(inputs, DirectionMethod.Probe, comparedWith?.Probe))),
        new("mean-difference", Spec(ids.MeanDifferenceRun, "Mean difference", Direction(inputs, DirectionMethod.MeanDifference, comparedWith?.MeanDifference))),
    ];

    private static IEnumerable<PlannedRun> Measurements(FourGroupsInputs inputs, FourGroupsIds ids)
    {
        var rows = new FourGroupsRows(inputs, ids);
        return
        [
            new("neurons", Spec(ids.NeuronsRun, "Neuron statistics, four groups", new NeuronsParameters
            {
                Base = inputs.Model,
                Tuned = ids.Tuned,
                Direction = inputs.Direction is DirectionMethod.MeanDifference ? ids.MeanDifference : ids.Probe,
                Prompts = rows.Data.Prompts,
                BatchSize = inputs.BatchSize,
                Seed = inputs.Seed,
                Protocol = inputs.Protocol,
                Precision = inputs.Precision,
            })),
            new("reference", Spec(ids.ReferenceRun, "Reference: base and DPO", rows.Reference())),
            new("patch", Spec(ids.PatchRun, "Patch with DPO’s means", rows.Patch())),
            new("ablate", Spec(ids.AblateRun, "Ablate toxic neurons", rows.Ablate())),
            new("steer", Spec(ids.SteerRun, "Steer away", rows.Steer())),
            new("prefix", Spec(ids.PrefixRun, "“Be polite” prefix", rows.Prefix())),
        ];
    }

    private static RunSpec Spec(string id, string name, RunParameters parameters) => new() { Id = id, Name = name, Parameters = parameters };

    private static DirectionParameters Direction(FourGroupsInputs inputs, DirectionMethod method, InputRef? comparedWith) => new()
    {
        Model = inputs.Model,
        Method = method,
        CompareWith = comparedWith,
        Comments = inputs.Comments,
        InverseRegularization = inputs.InverseRegularization ?? 1,
        BatchSize = inputs.BatchSize,
        Seed = inputs.Seed,
        Protocol = inputs.Protocol,
        Precision = inputs.Precision,
    };
}

/// <summary>The ids of the template's runs, and what they hand to each other.</summary>
/// <param name="dpoRun">The training, where another protocol's runs share it; null: one of its own.</param>
internal sealed class FourGroupsIds(string? dpoRun = null)
{
    public string ProbeRun { get; } = RunIds.New();

    public string MeanDifferenceRun { get; } = RunIds.New();

    public string DpoRun { get; } = dpoRun ?? RunIds.New();

    public string NeuronsRun { get; } = RunIds.New();

    public string ReferenceRun { get; } = RunIds.New();

    public string PatchRun { get; } = RunIds.New();

    public string AblateRun { get; } = RunIds.New();

    public string SteerRun { get; } = RunIds.New();

    public string PrefixRun { get; } = RunIds.New();

    public string SweepRun { get; } = RunIds.New();

    public InputRef Probe => InputRef.OfArtifact(ProbeRun, Artifacts.Direction, "probe");

    public InputRef MeanDifference => InputRef.OfArtifact(MeanDifferenceRun, Artifacts.Direction, "mean difference");

    public InputRef Tuned => InputRef.OfArtifact(DpoRun, Artifacts.BestModel, "DPO");

    public InputRef Neurons => InputRef.OfArtifact(NeuronsRun, Artifacts.Neurons, "neuron statistics");

    public InputRef Baseline => InputRef.OfArtifact(ReferenceRun, Artifacts.Generations, "reference");
}
