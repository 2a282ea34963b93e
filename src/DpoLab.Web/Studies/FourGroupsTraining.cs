using DpoLab.Contracts.Runs;

namespace DpoLab.Web.Studies;

/// <summary>The training of the template, by preset.</summary>
public static class FourGroupsTraining
{
    /// <summary>The parameters that a preset comes to; the form shows them.</summary>
    public static DpoParameters Of(FourGroupsInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        DpoParameters preset = ByPreset(inputs.Preset, inputs.Model, inputs.Pairs);
        return preset with
        {
            Steps = inputs.Steps ?? preset.Steps,
            LearningRate = inputs.LearningRate ?? preset.LearningRate,
            Scorer = inputs.Scorer,
            Seed = inputs.Seed,
            Protocol = inputs.Protocol,
            Precision = inputs.Precision,
        };
    }

    /// <summary>A preset by itself, for the form of a DPO run.</summary>
    public static DpoParameters ByPreset(DpoPreset preset, InputRef model, DatasetRef pairs)
    {
        var common = new DpoParameters { Model = model, Pairs = pairs };
        return preset switch
        {
            DpoPreset.Demo => common with { LearningRate = 3e-6, Steps = 200 },
            DpoPreset.Lee => common with { LearningRate = 1e-6 },
            DpoPreset.Yang => common with { LearningRate = 1e-5, Gamma = 0.06, Patience = 30 },
            _ => throw new ArgumentOutOfRangeException(nameof(preset), preset, "No such preset."),
        };
    }
}
