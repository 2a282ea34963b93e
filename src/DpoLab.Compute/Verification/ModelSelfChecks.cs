using DpoLab.Compute.Generation;
using DpoLab.Compute.Interventions;
using DpoLab.Compute.Models;
using DpoLab.Compute.Neurons;
using DpoLab.Compute.Tokenization;
using DpoLab.Compute.Training;
using DpoLab.Contracts.Runs;
using static TorchSharp.torch;

namespace DpoLab.Compute.Verification;

/// <summary>
/// The exact identities that must hold within any model, whoever computed it: what a model is checked by when there are no values of another
/// implementation. They find wrong masks, positions, caches, hooks and sums; a wrong formula that is wrong everywhere alike they cannot find.
/// </summary>
internal sealed class ModelSelfChecks(Decoder decoder, Tokenizer tokenizer, CancellationToken cancellationToken)
{
    private const int NewTokens = 12;
    private const int DirectionSeed = 1;
    private const double ScaledBy = 3.7;

    private static readonly string[] Texts =
    [
        "The capital of France is",
        "It was a bright cold day in April, and the clocks were striking thirteen.",
        "Hello",
        "def add(a, b):\n    return a + b\n",
        "Schöne Grüße aus Köln – naïve café, 12.5 % 😀",
        "One two three four five six seven eight nine ten eleven twelve",
    ];

    private readonly int[][] prompts = [.. Texts.Select(text => tokenizer.Encode(text)).Where(ids => ids.Length > 0)];

    /// <summary>Rounding of sums, each difference divided by the largest value where that is over 1.</summary>
    private double Rounding => decoder.Precision is ScalarType.Float32 ? 1e-5 : 3e-2;

    /// <summary>How many comparisons there are.</summary>
    public int Count => Checks().Count();

    /// <summary>A comparison at a time. A check that throws is a comparison that failed, with the reason.</summary>
    /// <exception cref="InputException">The tokenizer is not this model's.</exception>
    public IEnumerable<Comparison> Run()
    {
        int vocabulary = decoder.Configuration.Vocabulary;
        if (prompts.SelectMany(ids => ids).FirstOrDefault(id => id >= vocabulary, -1) is >= 0 and var unknown)
            throw new InputException($"The tokenizer makes token {unknown}, which the model's vocabulary of {vocabulary} lacks: it is not this model's.");
        foreach (var check in Checks())
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return check();
        }
    }

    private IEnumerable<Func<Comparison>> Checks()
    {
        yield return RoundTrip;
        yield return () => Try("left-padded as alone, logits", Padding);
        yield return () => Try("cached generation as uncached", Cache);
        yield return () => Try("neurons and bias as MLP output", Projections);
        yield return () => Try("groups, counter-movers and zeros", Groups, bound: 0);
        yield return () => Try("strength 0 changes no bit", StrengthZero, bound: 0);
        yield return () => Try("weights after key scaling", KeyScaling, bound: 0);
        foreach (var loss in Enum.GetValues<DpoLoss>())
            yield return () => Try($"step-0 loss, {loss.ToString().ToLowerInvariant()}", () => StepZero(loss).Loss);
        yield return () => Try("step-0 divergence", () => StepZero(DpoLoss.Sigmoid).Divergence);
        yield return () => Try("hooks left behind", () => decoder.Hooks.Count, bound: 0);
    }

    private Comparison Try(string what, Func<double> difference, double? bound = null)
    {
        try
        {
            using var none = no_grad();
            using var scope = NewDisposeScope();
            return new Comparison(what, difference(), bound ?? Rounding);
        }
        catch (Exception error) when (error is InputException or InvalidOperationException or TrainingException)
        {
            return new Comparison(what, double.NaN, bound ?? Rounding, error.Message);
        }
    }

    private Comparison RoundTrip()
    {
        var other = Texts.Where(text => tokenizer.Decode(tokenizer.Encode(text, specialTokens: false)) != text).ToList();
        return new Comparison($"tokenizer round trip, {Texts.Length} texts", other.Count, 0, other.Count > 0 ? $"“{other[0]}” does not come back" : null);
    }

    /// <summary>The last position's logits of each prompt, in one left-padded batch and alone.</summary>
    private double Padding()
    {
        var (ids, mask) = PromptBatch.Pad(prompts, padId: 0, decoder.Device);
        var together = decoder.Forward(ids, mask).select(1, -1); // [B, V]
        double largest = 0;
        for (int i = 0; i < prompts.Length; i++)
        {
            using var scope = NewDisposeScope();
            largest = Math.Max(largest, Relative(together[i], Alone(prompts[i])[-1]));
        }

        return largest;
    }

    /// <summary>How far below the best logit of a pass over the whole text lies the token that the cached generation chose.</summary>
    private double Cache()
    {
        var options = new GenerationOptions { NewTokens = NewTokens };
        var continuations = TextGenerator.GenerateAll(decoder, prompts, options, cancellationToken: cancellationToken);
        double largest = 0;
        for (int i = 0; i < prompts.Length; i++)
        {
            using var scope = NewDisposeScope();
            var logits = Alone([.. prompts[i], .. continuations[i][..^1]]).narrow(0, prompts[i].Length - 1, continuations[i].Length); // [new, V]
            var chosen = logits.gather(1, tensor(continuations[i], ScalarType.Int64, decoder.Device).unsqueeze(1));
            var best = logits.amax([1], keepdim: true);
            largest = Math.Max(largest, ((best - chosen) / best.abs().clamp_min(1)).max().item<float>());
        }

        return largest;
    }

    /// <summary>Σ_i proj_i + bias·ŵ against the projection of <c>mlp_out</c>, the worst layer.</summary>
    private double Projections()
    {
        var statistics = Measure(prompts);
        var unit = ValueVectors.Unit(decoder, Direction());
        double largest = 0;
        for (int layer = 0; layer < statistics.Layers; layer++)
        {
            double[] neurons = statistics.Projection[(layer * statistics.NeuronsPerLayer)..((layer + 1) * statistics.NeuronsPerLayer)];
            double bias = decoder.OutputBias(layer) is { } b ? b.to(ScalarType.Float64).dot(unit).item<double>() : 0;
            double difference = Math.Abs(neurons.Sum() + bias - statistics.MlpProjection[layer]);
            largest = Math.Max(largest, difference / Math.Max(1, neurons.Sum(Math.Abs) + Math.Abs(bias)));
        }

        return largest;
    }

    /// <summary>Neurons that are in none of the parts, or in two, between two sets of prompts.</summary>
    private double Groups()
    {
        int half = prompts.Length / 2;
        var report = NeuronReport.Of(Measure(prompts[..half]), Measure(prompts[half..]), half);
        return Math.Abs(report.Groups.Sum(group => group.Lowered + group.Raised) + report.Zeros - (report.Layers * report.NeuronsPerLayer));
    }

    private double StrengthZero()
    {
        var (ids, mask) = PromptBatch.Pad(prompts, padId: 0, decoder.Device);
        StrengthZeroCheck.Run(decoder, ids, mask);
        return 0;
    }

    /// <summary>Numbers of the key vectors that are not what they were, after keys of the outer layers were scaled and put back.</summary>
    private double KeyScaling()
    {
        int[] neurons = [.. Enumerable.Range(0, decoder.Configuration.Neurons)];
        long changed = 0;
        foreach (int layer in new[] { 0, decoder.Configuration.Layers - 1 }.Distinct())
        {
            using var scope = NewDisposeScope();
            var before = decoder.KeyVectors(layer).clone();
            var plan = new InterventionPlan(PositionScope.All, [new KeyOperation(layer, neurons, ScaledBy)], Neurons: null);
            using (var active = ActiveIntervention.Apply(decoder, plan, ActedPositions.All))
            {
                Alone(prompts[0]);
                active.RequireFired();
            }

            changed += (decoder.KeyVectors(layer) != before).sum().item<long>();
        }

        return changed;
    }

    /// <summary>How far loss and divergence of a training's start are from their known values, over max(1, the value).</summary>
    private (double Loss, double Divergence) StepZero(DpoLoss loss)
    {
        var options = new DpoOptions { Steps = 1, Loss = loss, Gamma = 0.1, LabelSmoothing = loss is DpoLoss.Robust ? 0.1 : 0 };
        int[][] answers = [.. prompts.Where(ids => ids.Length > 1)];
        PreferencePair[] pairs = [.. answers.Zip(answers.Skip(1), (chosen, rejected) => new PreferencePair(prompts[0], chosen, rejected))];
        var sums = ReferenceSums.Unknown(pairs.Length);
        var objective = new DpoObjective(new TrainingSubject { Policy = decoder, Pairs = pairs, Reference = decoder }, options, sums);

        // the reference one pair at a time, the policy in one batch: their padding differs
        for (int i = 0; i < pairs.Length; i++)
        {
            using var scope = NewDisposeScope();
            objective.Reference([i], sums);
        }

        var start = objective.Evaluate([.. Enumerable.Range(0, pairs.Length)], new SecondModel(decoder));
        double expected = PreferenceLoss.AtReference(options);
        return (Math.Abs(start.PreferenceLoss - expected) / Math.Max(1, expected), Math.Abs(start.Divergence ?? double.NaN));
    }

    private ModelStatistics Measure(int[][] texts)
    {
        var options = new NeuronMeasurementOptions { NewTokens = NewTokens, EndOfText = [] };
        return NeuronMeasurement.Of(decoder, texts, Direction(), options, cancellationToken: cancellationToken).Statistics;
    }

    /// <summary>Any direction does; the same one each time.</summary>
    private double[] Direction()
    {
        var random = new SeededRandom(DirectionSeed);
        return [.. Enumerable.Range(0, decoder.Configuration.Width).Select(_ => random.NextDouble() - 0.5)];
    }

    /// <summary>Logits of one text without padding: [T, V] in fp32.</summary>
    private Tensor Alone(int[] ids) =>
        decoder.Forward(tensor(ids, ScalarType.Int64, decoder.Device).unsqueeze(0)).squeeze(0).to(ScalarType.Float32);

    private static double Relative(Tensor actual, Tensor expected) =>
        ((actual.to(ScalarType.Float32) - expected).abs().max() / expected.abs().max().clamp_min(1)).item<float>();
}
