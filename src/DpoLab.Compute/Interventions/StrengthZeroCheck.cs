using DpoLab.Compute.Models;
using DpoLab.Contracts.Runs;
using static TorchSharp.torch;

namespace DpoLab.Compute.Interventions;

/// <summary>
/// The self-check behind every verdict (science.md, section 6): interventions of strength 0 must leave the logits of this model, in this
/// precision, bit for bit as they are.
/// </summary>
public static class StrengthZeroCheck
{
    /// <summary>Runs each kind of operation at strength 0 and compares logits.</summary>
    /// <param name="decoder">The model.</param>
    /// <param name="ids">[B, T] tokens to read.</param>
    /// <param name="attentionMask">[B, T]; null: all real.</param>
    /// <exception cref="InterventionException">A logit changed, or a hook stayed behind.</exception>
    public static void Run(Decoder decoder, Tensor ids, Tensor? attentionMask = null)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        int hooks = decoder.Hooks.Count;
        var plain = decoder.Forward(ids, attentionMask);
        foreach (var (name, operation) in Operations(decoder.Configuration))
        {
            using var inner = NewDisposeScope();
            var plan = new InterventionPlan(PositionScope.All, [operation], Neurons: null);
            using (var active = ActiveIntervention.Apply(decoder, plan, ActedPositions.All))
            {
                RequireEqual(decoder.Forward(ids, attentionMask), plain, $"{name} at strength 0", decoder);
                active.RequireFired();
            }

            RequireEqual(decoder.Forward(ids, attentionMask), plain, $"taking {name} off", decoder);
        }

        if (decoder.Hooks.Count != hooks)
            throw new InterventionException($"{decoder.Hooks.Count - hooks} hooks stayed on the model after the strength-0 check.");
    }

    private static IEnumerable<(string Name, LayerOperation Operation)> Operations(DecoderConfiguration c)
    {
        int last = c.Layers - 1;
        int[] neurons = [.. Enumerable.Range(0, c.Neurons)];
        var ones = Enumerable.Repeat(1.0, c.Neurons).ToArray();
        var zeroes = new double[c.Neurons];
        yield return ("scaling activations", new NeuronOperation(0, neurons, ones, zeroes));
        yield return ("shifting activations", new NeuronOperation(last, neurons, ones, zeroes));
        yield return ("scaling keys", new KeyOperation(0, neurons, 1));
        yield return ("steering the residual stream", new SteeringOperation(0, SteeringPoint.ResidPost, new double[c.Width]));
        yield return ("steering the MLP output", new SteeringOperation(last, SteeringPoint.MlpOut, new double[c.Width]));
    }

    private static void RequireEqual(Tensor logits, Tensor plain, string after, Decoder decoder)
    {
        if (!(logits == plain).all().item<bool>())
        {
            double change = (logits - plain).abs().max().to(ScalarType.Float64).item<double>();
            throw new InterventionException(
                $"The self-check failed: after {after} a logit of {decoder.Configuration.ModelType} in {decoder.Precision} differs by {change:g3} "
                + "from the plain model's, so no verdict on interventions could be trusted. Please report it with the model's folder.");
        }
    }
}
