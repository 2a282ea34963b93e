using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Evaluation;

/// <summary>Places a variant among the rows of the table.</summary>
public static class RowFamilies
{
    /// <summary>By what was done; plain models by the names of the baseline.</summary>
    public static RowFamily Of(EvaluationVariant variant)
    {
        ArgumentNullException.ThrowIfNull(variant);
        return variant.Intervention switch
        {
            PatchIntervention => RowFamily.Patch,
            DynamicPatchIntervention => RowFamily.DynamicPatch,
            EditIntervention => RowFamily.Edit,
            ScaleIntervention { Factor: 0 } => RowFamily.Ablate,
            SteerIntervention => RowFamily.Steer,
            null when !string.IsNullOrEmpty(variant.PromptPrefix) => RowFamily.Prefix,
            null when variant.Name == EvaluationBaseline.Base => RowFamily.Base,
            null when variant.Name == EvaluationBaseline.Dpo => RowFamily.Dpo,
            _ => RowFamily.Other,
        };
    }
}
