using DpoLab.Compute.Models;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Interventions;

/// <summary>
/// Interventions that act on one decoder together, in the order in which they are given: at each point of the forward pass a later one acts on
/// what the earlier ones left there, and scaled keys multiply. They are taken off in the opposite order, so that scaled weights come back bit for bit.
/// </summary>
internal sealed class InterventionStack : IDisposable
{
    private readonly List<ActiveIntervention> active = [];

    private InterventionStack()
    {
    }

    /// <summary>The one that was put on last; null: nothing acts.</summary>
    public ActiveIntervention? Last => active.Count > 0 ? active[^1] : null;

    /// <summary>Puts plans into force.</summary>
    /// <param name="decoder">The model.</param>
    /// <param name="plans">In the order in which they act; empty: nothing does.</param>
    /// <param name="acted">Where each acts, by its own scope.</param>
    public static InterventionStack Apply(Decoder decoder, IEnumerable<InterventionPlan> plans, Func<PositionScope, ActedPositions> acted)
    {
        var stack = new InterventionStack();
        try
        {
            foreach (var plan in plans)
                stack.active.Add(ActiveIntervention.Apply(decoder, plan, acted(plan.Scope)));
            return stack;
        }
        catch
        {
            stack.Dispose();
            throw;
        }
    }

    /// <summary>Fails if one of them never acted.</summary>
    /// <exception cref="InterventionException">It never did.</exception>
    public void RequireFired() => active.ForEach(one => one.RequireFired());

    public void Dispose()
    {
        for (int i = active.Count - 1; i >= 0; i--)
            active[i].Dispose();
        active.Clear();
    }
}
