using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Runs;

namespace DpoLab.Web.Runs.NewRun.Estimates;

/// <summary>Bytes that a run holds at its peak, by what they are for.</summary>
/// <param name="Weights">Of the models in memory at the same time.</param>
/// <param name="Optimizer">Gradients and the optimizer's averages.</param>
/// <param name="Activations">Kept for the backward pass, or the key/value cache and logits of a batch.</param>
/// <param name="Disk">What the run leaves behind, its last checkpoint included.</param>
public sealed record RunMemory(long Weights, long Optimizer, long Activations, long Disk)
{
    public long Total => Weights + Optimizer + Activations;

    /// <summary>From the shapes alone; measured peaks of earlier runs correct it.</summary>
    public static RunMemory Of(RunParameters parameters, ModelReport model)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(model);
        int bytes = parameters.Precision is Precision.Bf16 ? 2 : 4;
        long weights = model.Parameters * bytes;
        return parameters switch
        {
            DpoParameters p => Training(p, model, weights, bytes),
            NeuronsParameters p => new RunMemory(weights, 0, Decoding(model, p.BatchSize, p.MaxPromptTokens + p.NewTokens, bytes), Neurons(model) * 64),
            EvaluateParameters p => Evaluating(p.Data, model, weights, bytes, p.Variants.Count),
            VerifyParameters => new RunMemory(weights, 0, Decoding(model, batch: 8, tokens: 128, bytes), 100_000),
            SweepParameters p => Evaluating(p.Data, model, weights, bytes, p.Forms.Count * p.Alphas.Count * p.Betas.Count),
            SearchParameters p => Evaluating(p.Data, model, weights, bytes, variants: 2),
            ExportParameters => new RunMemory(2 * weights, 0, 0, model.WeightBytes), // the live model and the folder that is loaded again
            DynamicPatchParameters p => Evaluating(p.Data, model, 2 * weights, bytes, p.Variants().Count),
            SurviveParameters p => Attacking(p, model, weights, bytes),
            DirectionParameters p => new RunMemory(weights, 0, (long)p.BatchSize * p.MaxTokens * (model.Width * 12L + model.NeuronsPerLayer * 2L) * bytes, model.Width * 4L),
            PairsParameters { Source: PairsSource.Model } p => new RunMemory(weights, 0, Decoding(model, p.BatchSize, p.MaxPromptTokens + p.NewTokens, bytes), 1_000_000),
            _ => new RunMemory(0, 0, 0, 1_000_000),
        };
    }

    private static RunMemory Training(DpoParameters p, ModelReport model, long weights, int bytes)
    {
        long averages = p.Optimizer is DpoOptimizer.AdamW ? 2 : 1;
        long trained = p.Lora is { } lora ? (long)model.Layers * 8 * lora.Rank * model.Width : model.Parameters;
        long optimizer = trained * bytes * (1 + averages);
        long tokens = 2L * p.BatchSize * (p.MaxPromptTokens + p.MaxResponseTokens);
        // a layer keeps about 16 vectors of the residual width and 4 of the MLP's, or its input alone; logits, their softmax and its gradient
        long layer = 16L * model.Width + 4L * model.NeuronsPerLayer;
        long layers = p.Recompute ? layer + ((long)model.Layers * model.Width) : model.Layers * layer;
        long activations = tokens * bytes * (layers + 3L * model.Vocabulary);
        return new RunMemory(p.Gamma > 0 ? 2 * weights : weights, optimizer, activations, 3 * weights + trained * bytes * averages);
    }

    private static RunMemory Evaluating(EvaluationData data, ModelReport model, long weights, int bytes, int variants)
    {
        long window = Math.Min(data.Window ?? 1024, model.ContextLength);
        long perplexity = window * bytes * (2L * model.Vocabulary + 12L * model.Width + 2L * model.NeuronsPerLayer);
        long activations = Math.Max(perplexity, Decoding(model, data.BatchSize, data.MaxPromptTokens + data.NewTokens, bytes));
        return new RunMemory(weights, 0, activations, variants * 400_000L);
    }

    /// <summary>Subjects may have models of their own; a relearned copy stands beside them with its gradients and averages.</summary>
    private static RunMemory Attacking(SurviveParameters p, ModelReport model, long weights, int bytes)
    {
        int models = 1 + p.Variants.SelectMany(v => v.Inputs()).Where(i => i != p.Model).Distinct().Count();
        var measuring = Evaluating(p.Data, model, models * weights, bytes, p.Subjects().Count * (1 + p.AttacksPerSubject()));
        if (p.Relearn.Steps.Count == 0)
            return measuring;
        long averages = p.Relearn.Optimizer is DpoOptimizer.AdamW ? 2 : 1;
        return measuring with { Weights = measuring.Weights + weights, Optimizer = weights * (1 + averages) };
    }

    private static long Decoding(ModelReport model, long batch, long tokens, int bytes) =>
        batch * bytes * (tokens * model.Layers * 2L * model.Width + 2L * model.Vocabulary);

    private static long Neurons(ModelReport model) => (long)model.Layers * model.NeuronsPerLayer;
}
