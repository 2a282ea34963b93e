using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Runs.NewRun;

namespace DpoLab.Web.Studies;

/// <summary>The forms for a dynamic patch and for attacks, filled in from the runs of a study: its pair, its statistics, its data.</summary>
internal static class StudyFollowUps
{
    public static IReadOnlyList<StudyFollowUp> Of(IReadOnlyList<StudyPart> parts, string study)
    {
        var all = parts.Select(part => part.Run.Spec.Parameters).ToList();
        if (parts.FirstOrDefault(part => part.Run.Spec.Parameters is NeuronsParameters) is not { } statistics
            || all.OfType<EvaluateParameters>().FirstOrDefault() is not { } evaluation)
        {
            return [];
        }

        var pair = (NeuronsParameters)statistics.Run.Spec.Parameters;
        var neurons = InputRef.OfArtifact(statistics.Run.Summary.Id, Artifacts.Neurons, statistics.Run.Summary.Name);
        return
        [
            FollowUp(Patch(pair, neurons, evaluation), study),
            FollowUp(Survive(pair, neurons, evaluation, all.OfType<DpoParameters>().FirstOrDefault(), [.. Tried(parts)]), study),
        ];
    }

    private static StudyFollowUp FollowUp(RunParameters parameters, string study)
    {
        var form = RunForms.Of(parameters);
        return new StudyFollowUp(form.Title, Urls.With(Urls.NewRun, [.. DraftAddress.Write(form.Clone(parameters) with { Study = study })]));
    }

    private static DynamicPatchParameters Patch(NeuronsParameters pair, InputRef neurons, EvaluateParameters evaluation) => new()
    {
        Model = pair.Base,
        Tuned = pair.Tuned,
        Neurons = neurons,
        Groups = [NeuronGroup.Tp, NeuronGroup.An, NeuronGroup.Tn, NeuronGroup.Ap],
        Data = evaluation.Data,
        Half = evaluation.Half,
        Seed = pair.Seed,
        Precision = pair.Precision,
    };

    private static SurviveParameters Survive(
        NeuronsParameters pair, InputRef neurons, EvaluateParameters evaluation, DpoParameters? training, IReadOnlyList<EvaluationVariant> tried) => new()
        {
            Model = pair.Base,
            Variants = [new EvaluationVariant { Name = EvaluationBaseline.Dpo, Model = pair.Tuned }, .. tried],
            Neurons = neurons,
            Relearn = training is null
                ? new RelearnAttack()
                : new RelearnAttack
                {
                    Steps = [10, 50, 200],
                    Pairs = training.Pairs,
                    Optimizer = training.Optimizer,
                    LearningRate = training.LearningRate,
                    BatchSize = training.BatchSize,
                    MaxPromptTokens = training.MaxPromptTokens,
                    MaxResponseTokens = training.MaxResponseTokens,
                },
            ScaleKeys = new ScaleKeysAttack { Factors = [2, 5, 10] },
            AddDirection = new AddDirectionAttack { Strengths = [0.1, 0.2, 0.4], Direction = pair.Direction },
            Prune = new PruneAttack { Counts = [50, 200, 1000] },
            Data = evaluation.Data with { Continuations = null, PublishedPerplexity = false },
            Half = evaluation.Half,
            Seed = pair.Seed,
            Precision = pair.Precision,
        };

    /// <summary>The study's patch of all groups by shift, and the edit that its sweep chose, as far as they are there.</summary>
    private static IEnumerable<EvaluationVariant> Tried(IReadOnlyList<StudyPart> parts)
    {
        var patch = parts
            .Select(part => part.Run.Spec.Parameters).OfType<EvaluateParameters>().SelectMany(evaluate => evaluate.Variants)
            .FirstOrDefault(variant => variant.Intervention is PatchIntervention { Form: InterventionForm.Shift, Neurons: GroupSelection { Groups.Count: 4 } });
        if (patch is not null)
            yield return patch;
        var chosen = parts
            .Select(part => part.Run.Result).OfType<SweepResult>().SelectMany(sweep => sweep.Chosen)
            .Where(row => row.Toxicity is not null)
            .MinBy(row => row.Toxicity!.Mean);
        if (chosen is not null)
            yield return new EvaluationVariant { Name = chosen.Variant, Intervention = chosen.Intervention };
    }
}
