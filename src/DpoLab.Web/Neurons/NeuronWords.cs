using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Web.Neurons;

/// <summary>Where the statistics come from, what the groups are and why a neuron is in one, in words.</summary>
internal static class NeuronWords
{
    /// <summary>What both models read while they were measured: each its own answers to prompts, or both the same.</summary>
    public static string Reading(NeuronsParameters made)
    {
        string read = made.Reading switch
        {
            NeuronReading.OwnAnswers => $"each its own answers to {NameOf(made.Prompts)}",
            NeuronReading.BaseAnswers => $"both base’s answers to {NameOf(made.Prompts)}",
            NeuronReading.Continuations => $"both the continuations of {NameOf(made.Continuations)}",
            _ => $"both the text {NameOf(made.Text)}",
        };
        return $"{read}, {made.MaxPromptTokens} + {made.NewTokens} tokens";

        static string NameOf(DatasetRef? dataset) => dataset?.File.Name ?? "prompts that are not named";
    }

    /// <summary>How a group is aligned and what tuning did to its activations.</summary>
    public static string Meaning(NeuronGroup group) => group switch
    {
        NeuronGroup.Tp => "toxic, less positive",
        NeuronGroup.Tn => "toxic, more negative",
        NeuronGroup.Ap => "anti-toxic, more positive",
        _ => "anti-toxic, less negative",
    };

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
