using static TorchSharp.torch;

namespace DpoLab.Compute.Toxicity;

/// <summary>From the first token's vector to one number an output.</summary>
internal sealed class ClassifierHead
{
    private readonly Linear dense;
    private readonly Linear output;
    private readonly bool gelu;

    public ClassifierHead(EncoderConfiguration c, EncoderWeightReader weights)
    {
        bool roberta = c.Family is EncoderFamily.Roberta;
        gelu = c.Family is EncoderFamily.Deberta;
        dense = weights.Linear(roberta ? "classifier.dense" : gelu ? "pooler.dense" : "bert.pooler.dense", c.Width, c.Width);
        output = weights.Linear(roberta ? "classifier.out_proj" : "classifier", c.Labels.Count, c.Width);
    }

    /// <summary>[B, T, D] to [B, outputs].</summary>
    public Tensor Logits(Tensor hidden)
    {
        using var scope = NewDisposeScope();
        var first = dense.Apply(hidden.select(1, 0)); // [B, D]
        first = gelu ? nn.functional.gelu(first) : first.tanh();
        return output.Apply(first).MoveToOuterDisposeScope();
    }
}
