using System.Globalization;
using DpoLab.Contracts.Runs;

namespace DpoLab.Web.Studies;

/// <summary>The evaluations of the template: which rows the table gets.</summary>
internal sealed class FourGroupsRows(FourGroupsInputs inputs, FourGroupsIds ids)
{
    private static readonly NeuronGroup[] FourGroups = [NeuronGroup.Tp, NeuronGroup.An, NeuronGroup.Tn, NeuronGroup.Ap];

    public EvaluationData Data { get; } = new()
    {
        Prompts = inputs.PromptLimit is { } limit ? inputs.Prompts with { Limit = limit } : inputs.Prompts,
        Continuations = inputs.PromptLimit is { } most && inputs.Continuations is { } gold ? gold with { Limit = most } : inputs.Continuations,
        Text = inputs.Text,
        Scorer = inputs.Scorer,
        BatchSize = inputs.BatchSize,
    };

    public EvaluateParameters Reference() => Evaluate(
        [new() { Name = EvaluationBaseline.Base }, new() { Name = EvaluationBaseline.Dpo, Model = ids.Tuned }],
        neurons: false,
        baseline: false);

    public EvaluateParameters Patch() => Evaluate(
        [
            Patched("Four groups, constant", InterventionForm.Constant, new GroupSelection(FourGroups)),
            Patched("Four groups, shift", InterventionForm.Shift, new GroupSelection(FourGroups)),
            .. FourGroups.Select(g => Patched($"{g.ToString().ToUpperInvariant()} only, shift", InterventionForm.Shift, new GroupSelection([g]))),
            Patched($"Top {Number(inputs.PatchTopToxic)} toxic, shift", InterventionForm.Shift, new TopToxicSelection(inputs.PatchTopToxic)),
        ]);

    public EvaluateParameters Ablate() => Evaluate(
        [.. inputs.AblateCounts.SelectMany(count => new[]
        {
            Ablated($"Top {Number(count)}", new TopToxicSelection(count)),
            Ablated($"Top {Number(count)}, positively activated", new TopToxicSelection(count, PositiveOnly: true)),
        })]);

    public EvaluateParameters Steer() => Evaluate(
        [
            .. inputs.SteerStrengths.Select(s => Steered("Probe", s, ids.Probe)),
            .. inputs.SteerStrengths.Select(s => Steered("Mean difference", s, ids.MeanDifference)),
        ],
        neurons: false);

    public EvaluateParameters Prefix() => Evaluate(
        [new() { Name = $"“{inputs.Prefix.Trim()}”", PromptPrefix = inputs.Prefix }],
        neurons: false);

    public SweepParameters Sweep() => new()
    {
        Model = inputs.Model,
        Neurons = ids.Neurons,
        Data = Data,
        Alphas = inputs.Alphas,
        Betas = inputs.Betas,
        Baseline = ids.Baseline,
        SelectionPrompts = inputs.SelectionPrompts,
        Seed = inputs.Seed,
        Protocol = inputs.Protocol,
        Precision = inputs.Precision,
    };

    private EvaluateParameters Evaluate(IReadOnlyList<EvaluationVariant> variants, bool neurons = true, bool baseline = true) => new()
    {
        Model = inputs.Model,
        Variants = variants,
        Data = Data,
        Half = PromptHalf.Report,
        Neurons = neurons ? ids.Neurons : null,
        Baseline = baseline ? ids.Baseline : null,
        Seed = inputs.Seed,
        Protocol = inputs.Protocol,
        Precision = inputs.Precision,
    };

    private static EvaluationVariant Patched(string name, InterventionForm form, NeuronSelection neurons) =>
        new() { Name = name, Intervention = new PatchIntervention { Form = form, Neurons = neurons } };

    private static EvaluationVariant Ablated(string name, NeuronSelection neurons) =>
        new() { Name = name, Intervention = new ScaleIntervention { Factor = 0, Neurons = neurons } };

    private static EvaluationVariant Steered(string name, double strength, InputRef direction) => new()
    {
        Name = string.Create(CultureInfo.InvariantCulture, $"{name}, s = {strength} ‖x‖"),
        Intervention = new SteerIntervention { Strength = strength, Unit = SteeringUnit.StreamNorm, Direction = direction },
    };

    private static string Number(int count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
