namespace DpoLab.Contracts.Runs;

/// <summary>Checks of a run's variants by themselves.</summary>
internal static class VariantChecks
{
    public static void Check(FieldChecks check, IReadOnlyList<EvaluationVariant> variants, InputRef? neurons)
    {
        check.Require(
            variants.Select(v => v.Name).Distinct(StringComparer.Ordinal).Count() == variants.Count,
            "variants",
            "Two variants have the same name. Names are how their rows are told apart.");
        for (int i = 0; i < variants.Count; i++)
            InterventionChecks.Check(check, variants[i].Intervention, neurons, $"variants[{i}]");
    }
}
