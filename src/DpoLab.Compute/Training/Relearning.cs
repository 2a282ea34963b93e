using DpoLab.Compute.Models;
using static TorchSharp.torch;

namespace DpoLab.Compute.Training;

/// <summary>An answer that is learned again, as token ids: prompt with the model's special tokens, answer without.</summary>
public sealed record LearnedAnswer(int[] Prompt, int[] Answer);

/// <summary>How answers are learned again.</summary>
public sealed record RelearningOptions
{
    public OptimizerOptions Optimizer { get; init; } = new();

    /// <summary>Answers in a step.</summary>
    public int BatchSize { get; init; } = 4;

    /// <summary>The gradient is scaled by min(1, clip/(norm + 1e-6)), as in DPO.</summary>
    public double Clip { get; init; } = 10;

    /// <summary>Seeds the order of the answers.</summary>
    public int Seed { get; init; }
}

/// <summary>
/// Brings answers back by plain likelihood (science.md, section 6, "Survive"): the loss is the mean of −log p over the answers' tokens of a
/// batch, all weights are trained, and the learning rate is constant. What intervenes on the model stays in force meanwhile. On the CPU the same
/// arguments give the same weights to the last bit.
/// </summary>
public sealed class Relearning : IDisposable
{
    private readonly Decoder decoder;
    private readonly IReadOnlyList<LearnedAnswer> answers;
    private readonly RelearningOptions options;
    private readonly TrainingSplit order;
    private readonly ParameterOptimizer optimizer;

    /// <summary>Prepares the first step.</summary>
    /// <param name="decoder">The model, whose weights will change.</param>
    /// <param name="answers">What is learned.</param>
    /// <param name="options">How.</param>
    /// <exception cref="TrainingException">There is nothing to learn, or an answer does not fit the model.</exception>
    public Relearning(Decoder decoder, IReadOnlyList<LearnedAnswer> answers, RelearningOptions options)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        ArgumentNullException.ThrowIfNull(answers);
        ArgumentNullException.ThrowIfNull(options);
        if (answers.Count == 0)
            throw new TrainingException("There is no rejected answer to relearn. Choose other preference pairs.");
        options.Optimizer.Validate();
        int context = decoder.Configuration.ContextLength;
        if (answers.FirstOrDefault(a => a.Prompt.Length + a.Answer.Length > context) is { } tooLong)
        {
            throw new TrainingException(
                $"A prompt and its answer have {tooLong.Prompt.Length + tooLong.Answer.Length} tokens, the model reads {context}. Lower the cut of prompts or answers.");
        }

        (this.decoder, this.answers, this.options) = (decoder, answers, options);
        order = new TrainingSplit([.. Enumerable.Range(0, answers.Count)], []);
        foreach (Tensor parameter in decoder.Parameters.Values)
            parameter.requires_grad_(true);
        optimizer = ParameterOptimizer.Create(options.Optimizer, decoder.Parameters);
    }

    /// <summary>Steps made.</summary>
    public long Steps { get; private set; }

    /// <summary>Answer tokens learned from so far, each as often as it was seen.</summary>
    public long Tokens { get; private set; }

    /// <summary>Makes one step.</summary>
    /// <returns>The loss before it, nats a token.</returns>
    /// <exception cref="TrainingException">The loss or the gradient is not finite.</exception>
    public double Step()
    {
        using var gradients = enable_grad();
        using var scope = NewDisposeScope();
        var batch = ScoredBatch.OfRows(
            [.. order.Batch(Steps, options.BatchSize, options.Seed).Select(i => (answers[i].Prompt, answers[i].Answer))], decoder.Device);
        Tensor states = batch.States(decoder);                                   // [R, D]
        var stage = new VocabularyLoss(states, batch.Targets, OutputProjections.Of(decoder), reference: null);
        double loss = -stage.Forward(backwardFollows: true).LogProbabilities.mean().item<float>();
        RequireFinite(loss, "loss");
        Tensor slopes = full([batch.Rows.Length], -1.0 / batch.Rows.Length, ScalarType.Float32, decoder.Device);
        autograd.backward([states], [stage.Backward(slopes, divergenceSlopes: null, OutputProjections.RowsGradient(decoder))]);
        double norm = optimizer.GradientNorm();
        RequireFinite(norm, "gradient norm");
        optimizer.Step(options.Optimizer.LearningRate, Math.Min(1, options.Clip / (norm + 1e-6)));
        optimizer.ClearGradients();
        Steps++;
        Tokens += batch.Rows.Length;
        return loss;
    }

    /// <summary>Ends the training; the weights stay as they are.</summary>
    public void Dispose()
    {
        foreach (Tensor parameter in decoder.Parameters.Values)
            parameter.requires_grad_(false);
        optimizer.Dispose();
    }

    private void RequireFinite(double value, string what)
    {
        if (!double.IsFinite(value))
        {
            throw new TrainingException(
                $"Relearning, step {Steps + 1}: the {what} is {value} at learning rate {options.Optimizer.LearningRate:g3}. Lower the learning rate, or use fp32.");
        }
    }
}
