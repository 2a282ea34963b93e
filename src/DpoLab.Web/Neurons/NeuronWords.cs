using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Web.Neurons;

/// <summary>Why a neuron is in its group, in words.</summary>
internal static class NeuronWords
{
    /// <summary>The signs that decide: of the cosine, of the mean activation, of the change of the projection.</summary>
    public static string Why(NeuronTable table, int neuron)
    {
        if (NeuronArrays.QuadrantOf(table.Codes[neuron]) is not { } quadrant)
            return "cosine, activation before or Δproj is 0, or Δproj is not finite";
        string aligned = quadrant is NeuronGroup.Tp or NeuronGroup.Tn ? "toxic-aligned" : "anti-toxic-aligned";
        string active = quadrant is NeuronGroup.Tp or NeuronGroup.Ap ? "positively activated" : "negatively activated";
        string moved = table.GroupOf(neuron) is null
            ? "its projection rose: a counter-mover"
            : quadrant switch
            {
                NeuronGroup.Tp => "less positive after DPO",
                NeuronGroup.An => "less negative after DPO",
                NeuronGroup.Tn => "more negative after DPO",
                _ => "more positive after DPO",
            };
        return $"{aligned}, {active}, {moved}";
    }
}
