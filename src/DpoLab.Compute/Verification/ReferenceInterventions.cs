using System.Text.Json;
using DpoLab.Compute.Interventions;
using DpoLab.Compute.Models;
using DpoLab.Compute.Neurons;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Verification;

/// <summary>The interventions of <c>science/</c> as specs, planned from the reference statistics.</summary>
public static class ReferenceInterventions
{
    private static readonly NeuronSelection LoweredOfAllGroups = new GroupSelection(NeuronGroups.All);

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "patch", "patch_shift", "edit_constant", "edit_live", "edit_shift", "ablate_top10", "scale_top10_by_3", "steer_last_mlp_out",
        "steer_middle_resid_post", "scale_key",
    ];

    /// <summary>What an intervention does to the case's base model.</summary>
    public static InterventionPlan Plan(ScienceCase reference, Decoder decoder, string name)
    {
        var c = decoder.Configuration;
        var (before, after) = reference.Statistics();
        var planner = new InterventionPlanner(
            new ModelShape(c.Layers, c.Neurons, c.Width), NeuronStatistics.Of(before, after), _ => reference.Vector("direction"));
        return planner.Plan(Spec(reference, c.Layers, c.Neurons, name));
    }

    private static Intervention Spec(ScienceCase reference, int layers, int neurons, string name)
    {
        double strength = reference.Json.Part("steer_scale").GetDouble();
        var direction = InputRef.OfPath("/direction");
        var top10 = new TopToxicSelection(10);
        return name switch
        {
            "patch" => new PatchIntervention { Form = InterventionForm.Constant, Neurons = LoweredOfAllGroups },
            "patch_shift" => new PatchIntervention { Form = InterventionForm.Shift, Neurons = LoweredOfAllGroups },
            "edit_constant" => new EditIntervention { Form = InterventionForm.Constant, Alpha = 0.05, Beta = 0.5 },
            "edit_live" => new EditIntervention { Form = InterventionForm.Live, Alpha = 0.2, Beta = 0.5 },
            "edit_shift" => new EditIntervention { Form = InterventionForm.Shift, Alpha = 0.3, Beta = 0.5 },
            "ablate_top10" => new ScaleIntervention { Factor = 0, Neurons = top10 },
            "scale_top10_by_3" => new ScaleIntervention { Factor = 3, Neurons = top10 },
            "steer_last_mlp_out" => new SteerIntervention { Point = SteeringPoint.MlpOut, Strength = strength, Direction = direction },
            "steer_middle_resid_post" => new SteerIntervention
            {
                Point = SteeringPoint.ResidPost,
                Layer = layers / 2,
                Strength = strength,
                Direction = direction,
            },
            "scale_key" => new ScaleKeyIntervention
            {
                Factor = reference.Json.Part("scale_key").Part("factor").GetDouble(),
                Neurons = new ListSelection(
                [
                    .. reference.Json.Part("scale_key").Part("neurons").Deserialize<int[]>()!
                        .Select(i => new NeuronIndex(i / neurons, i % neurons)),
                ]),
            },
            _ => throw new ArgumentException($"No reference intervention {name}.", nameof(name)),
        };
    }
}
