using DpoLab.Compute.Models;
using static TorchSharp.torch;

namespace DpoLab.Compute.Training;

/// <summary>States of a batch from which the gradient of the parameters can be had.</summary>
internal interface IDifferentiableStates
{
    /// <summary>[R, D] after the final norm at the scored positions.</summary>
    Tensor States { get; }

    /// <summary>Adds to the parameters' gradients what follows from that of the states, [R, D].</summary>
    void Backward(Tensor gradient);
}

/// <summary>The plain way: autograd keeps what every layer needs on the way back.</summary>
internal sealed class KeptStates(Tensor states) : IDifferentiableStates
{
    public Tensor States { get; } = states;

    public void Backward(Tensor gradient) => autograd.backward([States], [gradient]);
}

/// <summary>
/// Recomputation ("gradient checkpointing"): on the way forward only each layer's input is kept, [2B, T, D]; on the way back a layer is computed
/// again with a graph of its own, from the last to the first. The operations and their order are the same, so are the gradients.
/// </summary>
internal sealed class RecomputedStates : IDifferentiableStates
{
    private readonly Decoder model;
    private readonly ScoredBatch batch;
    private readonly ForwardPass pass;
    private readonly List<Tensor> inputs = []; // of each layer, and behind them the last one's output

    /// <summary>Goes forward without a graph; only the final norm has one. Tensors live in the current dispose scope.</summary>
    public RecomputedStates(Decoder model, ScoredBatch batch)
    {
        (this.model, this.batch) = (model, batch);
        using (no_grad())
        {
            pass = model.Begin(batch.Ids, batch.AttentionMask, options: batch.Forward);
            inputs.Add(model.Embed(batch.Ids, pass));
            for (int layer = 0; layer < model.Configuration.Layers; layer++)
                inputs.Add(model.Layer(layer, inputs[layer], pass));
        }

        inputs[^1].requires_grad_(true);
        States = batch.Scored(model, inputs[^1]);
    }

    public Tensor States { get; }

    public void Backward(Tensor gradient)
    {
        using var withGraph = enable_grad();
        autograd.backward([States], [gradient]);
        for (int layer = model.Configuration.Layers - 1; layer >= 0; layer--)
        {
            using var scope = NewDisposeScope();
            Tensor input = inputs[layer].requires_grad_(true);
            Tensor output = model.Layer(layer, input, pass);
            autograd.backward([output], [inputs[layer + 1].grad!]);
            inputs[layer + 1].Dispose();
        }

        using var last = NewDisposeScope();
        Tensor embedded = model.Embed(batch.Ids, pass);
        if (embedded.requires_grad)
            autograd.backward([embedded], [inputs[0].grad!]);
    }
}
