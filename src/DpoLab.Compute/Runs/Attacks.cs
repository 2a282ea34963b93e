using System.Globalization;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Runs;

/// <summary>What attacks are, one budget at a time.</summary>
internal static class Attacks
{
    /// <summary>Those that act on the forward pass or scale weights for its time; relearning is training.</summary>
    public static IEnumerable<(AttackKind Kind, double Budget, Intervention Attack)> ByHooks(SurviveParameters parameters)
    {
        foreach (double factor in parameters.ScaleKeys.Factors)
        {
            yield return (AttackKind.ScaleKeys, factor, new ScaleKeyIntervention { Factor = factor, Neurons = new TopToxicSelection(parameters.ScaleKeys.Count) });
        }

        foreach (double strength in parameters.AddDirection.Strengths)
        {
            yield return (AttackKind.AddDirection, strength, new SteerIntervention
            {
                Strength = -strength, // steering subtracts
                Unit = SteeringUnit.StreamNorm,
                Direction = parameters.AddDirection.Direction!,
                Layer = parameters.AddDirection.Layer,
            });
        }

        foreach (int count in parameters.Prune.Counts)
        {
            // a pruned neuron is zero wherever it is: prompts too
            yield return (AttackKind.Prune, count, new ScaleIntervention { Factor = 0, Neurons = new ChangeSelection(count), Scope = PositionScope.All });
        }
    }

    /// <summary>The name of a row.</summary>
    public static string NameOf(EvaluationVariant subject, AttackKind kind, double budget) => subject.Name + ", " + kind switch
    {
        AttackKind.Relearn => Invariant($"relearned {budget:N0} steps"),
        AttackKind.ScaleKeys => Invariant($"keys × {budget}"),
        AttackKind.AddDirection => Invariant($"direction + {budget} ‖x‖"),
        AttackKind.Prune => Invariant($"pruned {budget:N0}"),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown attack."),
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
