using static TorchSharp.torch;

namespace DpoLab.Compute.Training;

/// <summary>Finds the likely cause of a number that is not finite any more.</summary>
internal static class Divergence
{
    /// <summary>The error that names step, batch, likely cause and remedy.</summary>
    /// <param name="what">What is not finite: "the loss", "the gradient".</param>
    /// <param name="value">Its value.</param>
    /// <param name="step">The step that could not be made, from 1.</param>
    /// <param name="batch">Its pairs.</param>
    /// <param name="before">The step before; null at the first of this process.</param>
    /// <param name="parameters">The trained tensors.</param>
    public static TrainingDivergedException Explain(
        string what, double value, long step, IReadOnlyList<int> batch, TrainingStep? before, IReadOnlyDictionary<string, Tensor> parameters)
    {
        string pairs = string.Join(", ", batch.Select(i => i + 1));
        string? broken = FirstNotFinite(parameters);
        string cause = (broken, before) switch
        {
            (not null, null) when step == 1 =>
                $"The weight '{broken}' of the model as loaded is not finite: the model folder is damaged, or its values overflow in this precision.",
            (null, null) when step == 1 =>
                "The model as loaded gives no finite log-probabilities for these pairs: its activations overflow in this precision. Choose fp32, or leave out the pairs.",
            (_, not null) =>
                $"{(broken is null ? "The weights are still finite, but their outputs overflow" : $"The weight '{broken}' is no longer finite")} after a step at learning rate {before.LearningRate:g3} with gradient norm {before.GradientNorm:g3} and loss {before.Metrics.Loss:g4}: the training diverged. Lower the learning rate (the papers use 1e-6 to 1e-5), lengthen the warm-up or lower the clip.",
            _ =>
                $"{(broken is null ? "The outputs overflow" : $"The weight '{broken}' is not finite")} from the checkpoint on: the training diverged before it was written. Train anew at a lower learning rate.",
        };
        return new TrainingDivergedException(step, batch, $"Step {step}: {what} is {value} on pairs {pairs}. {cause}");
    }

    private static string? FirstNotFinite(IReadOnlyDictionary<string, Tensor> parameters)
    {
        using var noGrad = no_grad();
        foreach ((string name, Tensor parameter) in parameters)
        {
            using var scope = NewDisposeScope();
            if (!parameter.isfinite().all().item<bool>())
                return name;
        }

        return null;
    }
}
