using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Runs;
using DpoLab.Web.Runs.NewRun;

namespace DpoLab.Web.Playground;

/// <summary>Addresses of the Playground, set to what another page shows.</summary>
public static class PlaygroundLinks
{
    /// <summary>A pair of models, with nothing chosen yet.</summary>
    public static string OfPair(string runId) => new PlaygroundSettings { Run = runId }.Address;

    /// <summary>Base and tuned beside some neurons patched, and switched off.</summary>
    /// <param name="runId">The neurons run; null: the newest.</param>
    /// <param name="neurons">Listed ones: at most as many as an address holds.</param>
    public static string OfNeurons(string? runId, NeuronSelection neurons) => new PlaygroundSettings
    {
        Run = runId,
        Columns = [ColumnKind.Base, ColumnKind.Dpo, ColumnKind.Patched, ColumnKind.Ablated],
        PatchNeurons = neurons,
        AblatedNeurons = neurons,
    }.Address;

    /// <summary>An intervention beside base and tuned; null: the Playground has no column for it.</summary>
    /// <param name="runId">The neurons run.</param>
    /// <param name="made">Its settings.</param>
    /// <param name="intervention">On the base model.</param>
    public static PlaygroundSettings? Of(string runId, NeuronsParameters made, Intervention intervention)
    {
        ArgumentNullException.ThrowIfNull(made);
        ArgumentNullException.ThrowIfNull(intervention);
        if (intervention.Scope is not PositionScope.Generated)
            return null;
        var settings = new PlaygroundSettings { Run = runId };
        return intervention switch
        {
            PatchIntervention patch => settings with { Columns = Beside(ColumnKind.Patched), PatchForm = patch.Form, PatchStrength = patch.Strength, PatchNeurons = patch.Neurons },
            DynamicPatchIntervention live when live.Tuned.IsSameAs(made.Tuned) => settings with { Columns = Beside(ColumnKind.Live), LiveNeurons = live.Neurons },
            ScaleIntervention scale => settings with { Columns = Beside(ColumnKind.Ablated), AblateFactor = scale.Factor, AblatedNeurons = scale.Neurons },
            SteerIntervention { Point: SteeringPoint.ResidPost } steer => settings with
            {
                Columns = Beside(ColumnKind.Steered),
                SteerStrength = steer.Strength,
                SteerUnit = steer.Unit,
                SteerLayer = steer.Layer,
                SteerDirection = steer.Direction.IsSameAs(made.Direction) ? null : InputText.Write(steer.Direction),
            },
            EditIntervention { Reversed: false } edit => settings with
            {
                Columns = Beside(ColumnKind.Edited),
                EditForm = edit.Form,
                Alpha = edit.Alpha,
                Beta = edit.Beta,
                EditGroups = edit.Groups,
                EditFirstLayer = edit.FirstLayer,
                EditLastLayer = edit.LastLayer,
                EditWithin = edit.Neurons,
            },
            _ => null,
        };
    }

    /// <summary>What made a row, with the cut, the length and the precision of its run; null: the Playground cannot do it with this pair.</summary>
    /// <param name="runId">The neurons run.</param>
    /// <param name="made">Its settings.</param>
    /// <param name="measuredBy">Settings of the run that measured the row.</param>
    /// <param name="row">Which.</param>
    public static string? OfRow(string runId, NeuronsParameters made, RunParameters measuredBy, EvaluationRow row)
    {
        ArgumentNullException.ThrowIfNull(made);
        ArgumentNullException.ThrowIfNull(measuredBy);
        ArgumentNullException.ThrowIfNull(row);
        EvaluationVariant? variant = VariantsOf(measuredBy).FirstOrDefault(v => v.Name == row.Variant);
        if (row.Attack is not null || variant?.PromptPrefix is not null || (variant?.Model ?? RunAdmission.ModelOf(measuredBy)) is not { } model)
            return null;
        bool plain = model.IsSameAs(made.Base);
        PlaygroundSettings? settings = row.Intervention is { } intervention ? (plain ? Of(runId, made, intervention) : null)
            : plain || model.IsSameAs(made.Tuned) ? new PlaygroundSettings { Run = runId, Columns = [ColumnKind.Base, ColumnKind.Dpo] }
            : null;
        return settings is null || DataOf(measuredBy) is not { } data ? null
            : (settings with { NewTokens = data.NewTokens, MaxPromptTokens = data.MaxPromptTokens, Precision = measuredBy.Precision }).Address;
    }

    /// <summary>The neurons run that a run reads; null: it reads none.</summary>
    public static string? StatisticsOf(RunParameters measuredBy)
    {
        ArgumentNullException.ThrowIfNull(measuredBy);
        return measuredBy.Inputs().FirstOrDefault(input => input is { Source: InputSource.Artifact, Location: Artifacts.Neurons })?.RunId;
    }

    private static ColumnKind[] Beside(ColumnKind kind) => [ColumnKind.Base, ColumnKind.Dpo, kind];

    private static IReadOnlyList<EvaluationVariant> VariantsOf(RunParameters parameters) => parameters switch
    {
        EvaluateParameters evaluate => evaluate.Variants,
        DynamicPatchParameters patch => patch.Variants(),
        _ => [],
    };

    private static EvaluationData? DataOf(RunParameters parameters) => parameters switch
    {
        EvaluateParameters evaluate => evaluate.Data,
        DynamicPatchParameters patch => patch.Data,
        SweepParameters sweep => sweep.Data,
        SearchParameters search => search.Data,
        _ => null,
    };
}
