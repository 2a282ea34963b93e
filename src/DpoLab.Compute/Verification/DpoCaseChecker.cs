using System.Text.Json;
using DpoLab.Compute.Checkpoints;
using DpoLab.Compute.Models;
using DpoLab.Compute.Training;
using static TorchSharp.torch;

namespace DpoLab.Compute.Verification;

/// <summary>
/// <c>dpo/&lt;case&gt;</c>: some steps of DPO by a plain loop over transformers, peft or the papers' own code: every logged value of
/// every step, and the weights after the last.
/// </summary>
public sealed class DpoCaseChecker : ICaseChecker
{
    private const double Logged = 1e-4;
    private const double RewardsAndDivergence = 1e-5;
    private const double Weights = 1e-4;

    /// <inheritdoc/>
    public string Kind => "dpo";

    /// <inheritdoc/>
    public IEnumerable<string> Cases(VerificationFolder folder) => folder.FoldersOf(Kind);

    /// <inheritdoc/>
    public IEnumerable<Comparison> Check(VerificationFolder folder, string name, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        var given = new DpoCase(folder, name);
        using Decoder policy = given.LoadModel();
        using Decoder? reference = given.IsLora ? null : given.LoadModel();
        using LoraAdapters? adapters = given.IsLora ? LoraFolder.Load(policy, given.Of("adapter_initial")) : null;
        var subject = new TrainingSubject
        {
            Policy = policy,
            Pairs = given.Pairs,
            Reference = reference,
            Lora = adapters,
            PadToken = given.PadToken,
        };
        if (given.PadToken is not null && given.Steps[0].TryGetProperty("concatenated_input_ids", out _))
            yield return PublishedInput(given);
        foreach (Comparison comparison in Follow(given, subject, cancellationToken))
            yield return comparison;
        if (adapters is null)
        {
            using SafetensorsFile final = given.Tensors("final.safetensors");
            yield return Compare("weights", final, policy.Parameters);
            yield break;
        }

        foreach (Comparison comparison in Adapters(given, policy, adapters))
            yield return comparison;
    }

    /// <summary>The case's steps by the trainer's own parts.</summary>
    private static List<Comparison> Follow(DpoCase given, TrainingSubject subject, CancellationToken cancellationToken)
    {
        DpoOptions options = given.Options;
        foreach (Tensor parameter in subject.Trained.Values)
            parameter.requires_grad_(true);
        ReferenceSums sums = ReferenceSums.Unknown(given.Pairs.Count);
        var objective = new DpoObjective(subject, options, sums);
        int[][] batches = [.. Enumerable.Range(0, given.Pairs.Count).Chunk(options.BatchSize)];
        foreach (int[] batch in batches)
        {
            using var scope = NewDisposeScope();
            objective.Reference(batch, sums);
        }

        using ParameterOptimizer optimizer = ParameterOptimizer.Create(options.Optimizer, subject.Trained);
        var differences = new Dictionary<string, (double Largest, int Step)>(StringComparer.Ordinal);
        for (int step = 0; step < options.Steps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            PairMetrics metrics = objective.Accumulate(batches[step % batches.Length], 1, subject.ReferenceModel);
            double norm = optimizer.GradientNorm();
            double rate = LearningRate.At(options, step);
            optimizer.Step(rate, Math.Min(1, options.Clip / (norm + 1e-6)));
            optimizer.ClearGradients();
            Note(differences, given.Steps[step], metrics, norm, rate, step);
        }

        return
        [
            .. differences.Select(d => new Comparison(
                $"{d.Key}, {options.Steps} steps", d.Value.Largest, IsAbsolute(d.Key) ? RewardsAndDivergence : Logged, $"most at step {d.Value.Step}")),
        ];
    }

    /// <summary>Keeps each field's largest difference: absolute for rewards and divergence, else divided by max(1, |value|).</summary>
    private static void Note(
        Dictionary<string, (double Largest, int Step)> differences, JsonElement expected, PairMetrics actual, double norm, double rate, int step)
    {
        (string Field, double Value)[] values =
        [
            ("loss", actual.Loss), ("dpo", actual.PreferenceLoss), ("kl", actual.Divergence ?? double.NaN), ("grad_norm", norm),
            ("learning_rate", rate), ("chosen", actual.ChosenReward), ("rejected", actual.RejectedReward), ("accuracy", actual.Accuracy),
            ("logp_chosen", actual.ChosenLogProbability), ("logp_rejected", actual.RejectedLogProbability),
        ];
        foreach ((string field, double value) in values)
        {
            if (!expected.TryGetProperty(field, out JsonElement given))
                continue;
            double wanted = given.GetDouble();
            double difference = Math.Abs(value - wanted) / (IsAbsolute(field) ? 1 : Math.Max(1, Math.Abs(wanted)));

            // A NaN is larger than anything, and stays.
            if (!differences.TryGetValue(field, out var before) || double.IsNaN(difference) || difference > before.Largest)
                differences[field] = (difference, step);
        }
    }

    private static bool IsAbsolute(string field) => field is "chosen" or "rejected" or "kl";

    private static Comparison PublishedInput(DpoCase given)
    {
        using var scope = NewDisposeScope();
        ScoredBatch batch = PublishedBatch.Of([.. given.Pairs.Take(given.Options.BatchSize)], given.PadToken!.Value, CPU);
        long differing = Differing("concatenated_input_ids", batch.Ids) + Differing("concatenated_attention_mask", batch.AttentionMask!);
        return new Comparison("first batch, ids and mask", differing, 0, "ids or mask of the padded batch differ");

        long Differing(string field, Tensor ours)
        {
            long[] wanted = [.. given.Steps[0].Part(field).Deserialize<long[][]>()!.SelectMany(row => row)];
            return wanted.Length == ours.numel() ? wanted.Zip(ours.data<long>()).Count(pair => pair.First != pair.Second) : wanted.Length;
        }
    }

    private static List<Comparison> Adapters(DpoCase given, Decoder policy, LoraAdapters adapters)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using SafetensorsFile final = given.Tensors("adapter_final", "adapter_model.safetensors");
        using SafetensorsFile merged = given.Tensors("merged.safetensors");
        using SafetensorsFile check = given.Tensors("check.safetensors");
        var weights = new Dictionary<string, Tensor>(policy.Parameters, StringComparer.Ordinal);
        foreach ((string name, Tensor weight) in adapters.Merged())
            weights[name] = weight;
        Tensor mask = check.Load("attention_mask");
        Tensor logits = policy.Forward(check.Load("input_ids"), mask);
        double difference = ((logits - check.Load("logits")) * mask.unsqueeze(-1)).abs().max().item<float>();
        return
        [
            Compare("adapters", final, adapters.Parameters),
            Compare("merged weights", merged, weights),
            new Comparison("logits with adapters", difference, Weights),
        ];
    }

    private static Comparison Compare(string what, SafetensorsFile expected, IReadOnlyDictionary<string, Tensor> actual)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        if (!expected.Names.ToHashSet(StringComparer.Ordinal).SetEquals(actual.Keys))
            return new Comparison(what, double.NaN, Weights, "the names of the tensors differ");
        (double Largest, string Name) worst = (0, "");
        foreach ((string name, Tensor weight) in actual)
        {
            Tensor difference = (weight - expected.Load(name)).abs();
            if (name.EndsWith("c_attn.bias", StringComparison.Ordinal))
            {
                // The keys' biases have a gradient of 0, whose rounding RMSprop blows up.
                long third = difference.shape[0] / 3;
                difference = cat([difference.narrow(0, 0, third), difference.narrow(0, 2 * third, third)]);
            }

            double largest = difference.max().item<float>();
            if (double.IsNaN(largest) || largest > worst.Largest)
                worst = (largest, name);
        }

        return new Comparison($"{what}, {actual.Count} tensors", worst.Largest, Weights, $"most in {worst.Name}");
    }
}
