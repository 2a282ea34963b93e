using System.Text.Json;
using DpoLab.Compute.Checkpoints;
using DpoLab.Compute.Models;
using DpoLab.Compute.Training;
using DpoLab.Tests;
using static TorchSharp.torch;

namespace DpoLab.Compute.Tests.Training;

/// <summary>Step by step against a plain loop over transformers and torch.</summary>
public sealed class DpoReferenceTests
{
    [Theory]
    [InlineData("gpt2-sigmoid-gamma0.0")]
    [InlineData("gpt2-sigmoid-gamma0.06")]
    [InlineData("gpt2-robust-gamma0.0")]
    [InlineData("llama31-sigmoid-gamma0.06")]
    [InlineData("mistral-hinge-gamma0.0")]
    [InlineData("mistral-ipo-adamw")]
    [InlineData("gemma2-sigmoid-gamma0.0")]
    [InlineData("gpt2-published")]
    [InlineData("llama31-published")]
    public void Steps_OfTheReference_GiveItsCurveAndWeights(string name)
    {
        using var scope = NewDisposeScope();
        var fixture = new DpoFixture(name);
        using Decoder policy = fixture.Model();
        using Decoder base_ = fixture.Model();
        var subject = new TrainingSubject { Policy = policy, Pairs = fixture.Pairs, Reference = base_, PadToken = fixture.PadToken };

        Follow(fixture, subject);

        using SafetensorsFile final = fixture.Tensors("final.safetensors");
        CompareWeights(fixture.Name, final, policy.Parameters);
    }

    [Theory]
    [InlineData("gpt2-lora")]
    [InlineData("llama31-lora")]
    public void Steps_OfAdapters_GiveTheReferencesCurveAdaptersAndMergedWeights(string name)
    {
        using var scope = NewDisposeScope();
        var fixture = new DpoFixture(name);
        using Decoder policy = fixture.Model();
        using LoraAdapters adapters = LoraFolder.Load(policy, Repository.Fixture("dpo", name, "adapter_initial"));

        Follow(fixture, new TrainingSubject { Policy = policy, Pairs = fixture.Pairs, Lora = adapters });

        using SafetensorsFile final = fixture.Tensors("adapter_final", "adapter_model.safetensors");
        CompareWeights(name, final, adapters.Parameters);
        using SafetensorsFile check = fixture.Tensors("check.safetensors");
        Tensor mask = check.Load("attention_mask");
        using (no_grad())
        {
            Tensor logits = policy.Forward(check.Load("input_ids"), mask);
            Assert.True(((logits - check.Load("logits")) * mask.unsqueeze(-1)).abs().max().item<float>() <= 1e-4);
        }

        using SafetensorsFile merged = fixture.Tensors("merged.safetensors");
        var weights = new Dictionary<string, Tensor>(policy.Parameters, StringComparer.Ordinal);
        foreach ((string weight, Tensor value) in adapters.Merged())
            weights[weight] = value;
        CompareWeights(name, merged, weights);
    }

    /// <summary>The reference's steps by the trainer's own parts, compared one by one.</summary>
    private static void Follow(DpoFixture fixture, TrainingSubject subject)
    {
        DpoOptions options = fixture.Options();
        foreach (Tensor parameter in subject.Trained.Values)
            parameter.requires_grad_(true);
        ReferenceSums sums = ReferenceSums.Unknown(fixture.Pairs.Count);
        var objective = new DpoObjective(subject, options, sums);
        int[][] batches = [.. Enumerable.Range(0, fixture.Pairs.Count).Chunk(fixture.Batch)];
        foreach (int[] batch in batches)
            objective.Reference(batch, sums);
        using ParameterOptimizer optimizer = ParameterOptimizer.Create(options.Optimizer, subject.Trained);

        for (int step = 0; step < options.Steps; step++)
        {
            PairMetrics metrics = objective.Accumulate(batches[step], 1, subject.ReferenceModel);
            double norm = optimizer.GradientNorm();
            double rate = LearningRate.At(options, step);
            optimizer.Step(rate, Math.Min(1, options.Clip / (norm + 1e-6)));
            optimizer.ClearGradients();
            Compare(fixture.Steps[step], metrics, norm, rate, $"{fixture.Name}, step {step}");
        }
    }

    [Theory]
    [InlineData("gpt2-published")]
    [InlineData("llama31-published")]
    public void Of_PublishedBatch_IsTheReferencesInput(string name)
    {
        using var scope = NewDisposeScope();
        var fixture = new DpoFixture(name);

        ScoredBatch batch = PublishedBatch.Of([.. fixture.Pairs.Take(fixture.Batch)], fixture.PadToken!.Value, CPU);

        Assert.Equal(fixture.Steps[0].GetProperty("concatenated_input_ids").Deserialize<long[][]>()!.SelectMany(r => r), batch.Ids.data<long>());
        Assert.Equal(
            fixture.Steps[0].GetProperty("concatenated_attention_mask").Deserialize<long[][]>()!.SelectMany(r => r),
            batch.AttentionMask!.data<long>());
    }

    private static void Compare(JsonElement expected, PairMetrics actual, double norm, double rate, string where)
    {
        Near("loss", actual.Loss);
        Near("dpo", actual.PreferenceLoss);
        Near("kl", actual.Divergence ?? double.NaN, absolute: 1e-5);
        Near("grad_norm", norm);
        Near("learning_rate", rate);
        Near("chosen", actual.ChosenReward, absolute: 1e-5);
        Near("rejected", actual.RejectedReward, absolute: 1e-5);
        Near("accuracy", actual.Accuracy);
        Near("logp_chosen", actual.ChosenLogProbability);
        Near("logp_rejected", actual.RejectedLogProbability);

        void Near(string field, double value, double? absolute = null)
        {
            if (!expected.TryGetProperty(field, out JsonElement given))
                return;
            double wanted = given.GetDouble();
            double bound = absolute ?? (1e-4 * Math.Max(1, Math.Abs(wanted)));
            Assert.True(Math.Abs(wanted - value) <= bound, $"{where}: {field} is {value:r}, expected {wanted:r}");
        }
    }

    private static void CompareWeights(string name, SafetensorsFile expected, IReadOnlyDictionary<string, Tensor> actual)
    {
        Assert.Equal(expected.Names.Order(StringComparer.Ordinal), actual.Keys.Order(StringComparer.Ordinal));
        foreach ((string weight, Tensor value) in actual)
        {
            Tensor difference = (value.detach() - expected.Load(weight)).abs();
            if (weight.EndsWith("c_attn.bias", StringComparison.Ordinal))
            {
                // The keys' biases have a gradient of 0, whose rounding RMSprop blows up.
                long third = difference.shape[0] / 3;
                difference = cat([difference.narrow(0, 0, third), difference.narrow(0, 2 * third, third)]);
            }

            double largest = difference.max().item<float>();
            Assert.True(largest <= 1e-4, $"{name}: {weight} is {largest:g3} away");
        }
    }
}
