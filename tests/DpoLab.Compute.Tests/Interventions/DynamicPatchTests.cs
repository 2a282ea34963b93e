using DpoLab.Compute.Generation;
using DpoLab.Compute.Interventions;
using DpoLab.Compute.Models;
using DpoLab.Compute.Neurons;
using DpoLab.Contracts.Runs;
using DpoLab.Tests.Science;
using static TorchSharp.torch;

namespace DpoLab.Tests.Interventions;

public sealed class DynamicPatchTests
{
    private const int NewTokens = 6;

    public static TheoryData<string, PositionScope, double> Cases
    {
        get
        {
            var cases = new TheoryData<string, PositionScope, double>();
            foreach (string family in (string[])["gpt2", "llama31", "mistral", "gemma2"])
            {
                cases.Add(family, PositionScope.Generated, 0);
                cases.Add(family, PositionScope.All, 0);
                cases.Add(family, PositionScope.Generated, 1.5);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Generate_UnderThePatch_WritesWhatRecomputationWithoutCachesWrites(string family, PositionScope scope, double temperature)
    {
        using var fixture = ScienceFixtures.Open(family);
        using var decoder = fixture.LoadBase();
        using var tuned = fixture.LoadTuned();
        var plan = EveryThirdNeuron(decoder, tuned, scope);
        var options = new GenerationOptions { NewTokens = NewTokens, Temperature = temperature, Seed = 7, PadId = fixture.EndOfText };
        int[][] expected = [.. fixture.Prompts.Select((prompt, row) => Recompute(decoder, tuned, plan, prompt, row, options))];

        // an end that rows reach at different times, so that ended ones are given up in both caches
        options = options with { EndOfText = [expected[0][1]] };
        using var active = ActiveIntervention.Apply(decoder, plan, ActedPositions.Of(scope));
        var written = Write(decoder, fixture.Prompts, options);

        Assert.Equal(expected.Select(row => Cut(row, expected[0][1])), written);
    }

    [Theory]
    [MemberData(nameof(ScienceFixtures.Families), MemberType = typeof(ScienceFixtures))]
    public void Forward_UnderThePatch_GivesTheLogitsOfHooksWrittenByHand(string family)
    {
        using var fixture = ScienceFixtures.Open(family);
        using var decoder = fixture.LoadBase();
        using var tuned = fixture.LoadTuned();
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (ids, mask) = (fixture.LoadDecoderTensor("left.input_ids"), fixture.LoadDecoderTensor("left.attention_mask"));
        var plan = EveryThirdNeuron(decoder, tuned, PositionScope.All);
        var plain = decoder.Forward(ids, mask);

        Tensor patched;
        using (ActiveIntervention.Apply(decoder, plan, ActedPositions.All))
            patched = decoder.Forward(ids, mask);

        var expected = ByHand(decoder, tuned, plan, ids, mask, first: 0);
        Assert.InRange(Largest(patched - expected), 0, 1e-5);
        Assert.True(Largest(patched - plain) > 1e-4, "the patch moved nothing");
        Assert.Equal((0, 0), (decoder.Hooks.Count, tuned.Hooks.Count));
    }

    [Theory]
    [MemberData(nameof(ScienceFixtures.Families), MemberType = typeof(ScienceFixtures))]
    public void Forward_AllNeuronsFromTheSameWeights_IsBitEqual(string family)
    {
        using var fixture = ScienceFixtures.Open(family);
        using var decoder = fixture.LoadBase();
        using var twin = fixture.LoadBase();
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (ids, mask) = (fixture.LoadDecoderTensor("left.input_ids"), fixture.LoadDecoderTensor("left.attention_mask"));
        var options = new GenerationOptions { NewTokens = NewTokens, PadId = fixture.EndOfText };
        var logits = decoder.Forward(ids, mask);
        var written = Write(decoder, fixture.Prompts, options);

        using var active = ActiveIntervention.Apply(decoder, EveryNeuron(decoder, twin), ActedPositions.All);

        Assert.True((decoder.Forward(ids, mask) == logits).all().item<bool>());
        Assert.Equal(written, Write(decoder, fixture.Prompts, options));
    }

    [Theory]
    [MemberData(nameof(ScienceFixtures.Families), MemberType = typeof(ScienceFixtures))]
    public void Forward_TunedDiffersInMlpInputsAlone_AllNeuronsGiveTheTunedModel(string family)
    {
        using var fixture = ScienceFixtures.Open(family);
        using var decoder = fixture.LoadBase();
        using var tuned = fixture.LoadTuned();
        using var other = fixture.LoadBase();
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        for (int layer = 0; layer < decoder.Configuration.Layers; layer++)
        {
            foreach (var (to, from) in other.MlpInputs(layer).Zip(tuned.MlpInputs(layer)))
                to.Weight.Value.copy_(from.Weight.Value);
        }

        var (ids, mask) = (fixture.LoadDecoderTensor("left.input_ids"), fixture.LoadDecoderTensor("left.attention_mask"));
        var options = new GenerationOptions { NewTokens = NewTokens, PadId = fixture.EndOfText };
        var expected = other.Forward(ids, mask);
        var written = Write(other, fixture.Prompts, options);
        Assert.False((decoder.Forward(ids, mask) == expected).all().item<bool>());

        using var active = ActiveIntervention.Apply(decoder, EveryNeuron(decoder, other), ActedPositions.All);

        // everything outside the MLPs' inputs is the same, so with their outputs taken over nothing differs
        Assert.True((decoder.Forward(ids, mask) == expected).all().item<bool>());
        Assert.Equal(written, Write(decoder, fixture.Prompts, options));
    }

    [Fact]
    public void Apply_ModelWithItself_IsRefused()
    {
        using var fixture = ScienceFixtures.Open("gpt2");
        using var decoder = fixture.LoadBase();

        Assert.Throws<ArgumentException>(() => ActiveIntervention.Apply(decoder, EveryNeuron(decoder, decoder), ActedPositions.All));

        Assert.Equal(0, decoder.Hooks.Count);
    }

    [Fact]
    public void Apply_InTheMiddleOfAText_IsRefused()
    {
        using var fixture = ScienceFixtures.Open("gpt2");
        using var decoder = fixture.LoadBase();
        using var tuned = fixture.LoadTuned();
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var cache = new KeyValueCache(decoder, 1, 8);
        decoder.Hidden(tensor(new long[,] { { 1, 2, 3 } }), cache: cache);

        using var active = ActiveIntervention.Apply(decoder, EveryNeuron(decoder, tuned), ActedPositions.All);

        Assert.Throws<InvalidOperationException>(() => decoder.Hidden(tensor(new long[,] { { 4 } }), cache: cache));
    }

    [Fact]
    public void Plan_MoreThanTheModelHas_SaysHowManyThereAre()
    {
        using var fixture = ScienceFixtures.Open("gpt2");
        using var decoder = fixture.LoadBase();
        using var tuned = fixture.LoadTuned();
        var (before, after) = fixture.Statistics();
        var statistics = NeuronStatistics.Of(before, after);
        var c = decoder.Configuration;
        var planner = new InterventionPlanner(new ModelShape(c.Layers, c.Neurons, c.Width), statistics, _ => [], _ => tuned);
        DynamicPatchIntervention Patch(int k) => new() { Tuned = InputRef.OfPath("/tuned"), Neurons = new ChangeSelection(k) };

        var plan = planner.Plan(Patch(statistics.Count));
        var error = Assert.Throws<DpoLab.Compute.InputException>(() => planner.Plan(Patch(statistics.Count + 1)));

        Assert.Equal(statistics.Count, plan.Neurons);
        Assert.Contains($"the model has {statistics.Count:N0}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ChangeMeasure.Projection)]
    [InlineData(ChangeMeasure.Activation)]
    public void Choose_GreatestChange_TakesBothDirections(ChangeMeasure measure)
    {
        using var fixture = ScienceFixtures.Open("gpt2");
        var (before, after) = fixture.Statistics();
        var statistics = NeuronStatistics.Of(before, after);
        double Change(int i) => Math.Abs(measure is ChangeMeasure.Projection ? statistics.ProjectionChange(i) : statistics.ActivationChange(i));

        int[] chosen = NeuronSelections.Choose(new ChangeSelection(20, measure), statistics, statistics.Layers, statistics.NeuronsPerLayer);

        double least = chosen.Min(Change);
        Assert.Equal(20, chosen.Length);
        Assert.All(Enumerable.Range(0, statistics.Count).Except(chosen), i => Assert.True(Change(i) <= least));
        Assert.Contains(chosen, i => statistics.ProjectionChange(i) > 0);
        Assert.Contains(chosen, i => statistics.ProjectionChange(i) < 0);
    }

    private static InterventionPlan EveryNeuron(Decoder decoder, Decoder source) => Plan(decoder, source, PositionScope.All, step: 1);

    private static InterventionPlan EveryThirdNeuron(Decoder decoder, Decoder source, PositionScope scope) => Plan(decoder, source, scope, step: 3);

    private static InterventionPlan Plan(Decoder decoder, Decoder source, PositionScope scope, int step)
    {
        int[] neurons = [.. Enumerable.Range(0, decoder.Configuration.Neurons).Where(i => i % step == 0)];
        return new InterventionPlan(
            scope,
            [.. Enumerable.Range(0, decoder.Configuration.Layers).Select(layer => new TransplantOperation(layer, neurons, source))],
            neurons.Length * decoder.Configuration.Layers);
    }

    /// <summary>One prompt, without caches or padding: both models read the whole text again for each token.</summary>
    private static int[] Recompute(Decoder decoder, Decoder tuned, InterventionPlan plan, int[] prompt, int row, GenerationOptions options)
    {
        using var noGrad = no_grad();
        var sampler = new TokenSampler(options, [row]);
        List<int> text = [.. prompt];
        for (int step = 0; step < options.NewTokens; step++)
        {
            using var scope = NewDisposeScope();
            var ids = tensor(text.Select(id => (long)id).ToArray()).unsqueeze(0);
            var logits = ByHand(decoder, tuned, plan, ids, null, first: plan.Scope is PositionScope.All ? 0 : prompt.Length - 1);
            text.Add((int)sampler.Next(logits.select(1, -1)).item<long>());
        }

        return [.. text.Skip(prompt.Length)];
    }

    private static Tensor ByHand(Decoder decoder, Decoder tuned, InterventionPlan plan, Tensor ids, Tensor? mask, int first)
    {
        var seen = new Dictionary<int, Tensor>();
        var hooks = new List<IDisposable>();
        foreach (var operation in plan.Operations.Cast<TransplantOperation>())
        {
            hooks.Add(tuned.Hooks.Add(HookPoint.MlpPost, operation.Layer, (value, context) =>
            {
                seen[context.Layer] = value.clone().DetachFromDisposeScope();
                return value;
            }));
            hooks.Add(decoder.Hooks.Add(HookPoint.MlpPost, operation.Layer, (value, context) =>
            {
                var result = value.clone();
                foreach (int neuron in operation.Neurons)
                    result[TensorIndex.Colon, TensorIndex.Slice(first), neuron] = seen[context.Layer][TensorIndex.Colon, TensorIndex.Slice(first), neuron];

                return result;
            }));
        }

        tuned.Forward(ids, mask).Dispose();
        var logits = decoder.Forward(ids, mask);
        hooks.ForEach(hook => hook.Dispose());
        foreach (var tensor in seen.Values)
            tensor.Dispose();
        return logits;
    }

    private static IReadOnlyList<int[]> Write(Decoder decoder, IReadOnlyList<int[]> prompts, GenerationOptions options) =>
        TextGenerator.GenerateAll(decoder, prompts, options, cancellationToken: TestContext.Current.CancellationToken);

    private static int[] Cut(int[] row, int end) => row.Contains(end) ? row[..(Array.IndexOf(row, end) + 1)] : row;

    private static double Largest(Tensor difference) => difference.abs().max().item<float>();
}
