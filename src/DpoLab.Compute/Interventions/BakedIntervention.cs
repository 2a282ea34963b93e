using DpoLab.Compute.Models;
using DpoLab.Contracts.Hosting;
using static TorchSharp.torch;

namespace DpoLab.Compute.Interventions;

/// <summary>Writes an intervention into the weights, so that the saved folder does the same in any other engine.</summary>
public static class BakedIntervention
{
    /// <summary>
    /// Why a plan cannot be written into a model's weights; null: it can. What multiplies always can. What adds the same vector at every position
    /// (shifts, constants, raw steering) needs a bias on the MLP's output, which GPT-2 and GPT-NeoX have and the gated families lack.
    /// </summary>
    /// <param name="plan">What is done.</param>
    /// <param name="outputBias">Whether the MLP's output projection has a bias.</param>
    /// <param name="family">The model's, for the message.</param>
    public static string? WhyNot(InterventionPlan plan, bool outputBias, string family)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (plan.Operations.Any(operation => operation is TransplantOperation))
            return "A dynamic patch needs the other model beside this one: no weights hold it.";
        if (plan.Operations.OfType<SteeringOperation>().Any(steering => steering.TimesStreamNorm))
            return ModelRefusals.SteeringByNorm;
        return plan.Operations.Any(Adds) ? ModelRefusals.Adding(outputBias, family) : null;
    }

    /// <summary>Why a plan cannot be written into this model's weights; null: it can.</summary>
    public static string? WhyNot(Decoder decoder, InterventionPlan plan)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        return WhyNot(plan, decoder.OutputBias(0) is not null, decoder.Configuration.ModelType);
    }

    /// <summary>
    /// Changes the decoder's weights for good, so that they do at every position what the plan does: m_i·s is the value vector v_i·s, and m_i + o is the
    /// bias + o·v_i. Save the decoder afterwards.
    /// </summary>
    /// <exception cref="InputException">No weight of this family can say what the plan does.</exception>
    public static void Bake(Decoder decoder, InterventionPlan plan)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        if (WhyNot(decoder, plan) is { } reason)
            throw new InputException($"This intervention cannot be written into weights. {reason}");
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        foreach (var operation in plan.Operations)
        {
            switch (operation)
            {
                case NeuronOperation neurons:
                    var values = decoder.ValueVectors(neurons.Layer);
                    if (Adds(neurons))
                        AddToBias(decoder, neurons.Layer, Column(neurons.Offsets, decoder) * Rows(values, neurons.Neurons)); // before v_i is scaled
                    Multiply(values, neurons.Neurons, Column(neurons.Factors, decoder));
                    break;
                case KeyOperation key:
                    Multiply(decoder.KeyVectors(key.Layer), key.Neurons, tensor(key.Factor, ScalarType.Float64, decoder.Device));
                    break;
                case SteeringOperation steering:
                    AddToBias(decoder, steering.Layer, tensor(steering.Offset, ScalarType.Float64, decoder.Device).unsqueeze(0));
                    break;
            }
        }
    }

    private static bool Adds(LayerOperation operation) =>
        operation is SteeringOperation || (operation is NeuronOperation neurons && neurons.Offsets.Any(o => o != 0));

    private static Tensor Column(double[] numbers, Decoder decoder) => tensor(numbers, ScalarType.Float64, decoder.Device).unsqueeze(1); // [k, 1]

    private static Tensor Rows(Tensor rows, int[] neurons) => rows.index_select(0, Index(neurons, rows.device)).to(ScalarType.Float64); // [k, D]

    private static Tensor Index(int[] neurons, Device device) => tensor(Array.ConvertAll(neurons, i => (long)i), ScalarType.Int64, device);

    /// <summary>b := b + Σ rows, rounded once.</summary>
    private static void AddToBias(Decoder decoder, int layer, Tensor rows)
    {
        var bias = decoder.OutputBias(layer)!;
        bias.copy_(bias.to(ScalarType.Float64) + rows.sum(dim: 0)); // sum(0) would mean the type that is 0
    }

    /// <summary>rows[i] := rows[i] · factor, rounded once.</summary>
    private static void Multiply(Tensor rows, int[] neurons, Tensor factor)
    {
        rows.index_copy_(0, Index(neurons, rows.device), (Rows(rows, neurons) * factor).to(rows.dtype));
    }
}
