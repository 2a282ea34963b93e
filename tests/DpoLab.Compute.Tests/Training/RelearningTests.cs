using DpoLab.Compute.Interventions;
using DpoLab.Compute.Models;
using DpoLab.Compute.Training;
using DpoLab.Contracts.Runs;
using DpoLab.Tests.Science;
using static TorchSharp.torch;

namespace DpoLab.Tests.Training;

public sealed class RelearningTests
{
    private static readonly LearnedAnswer[] Answers = [new([5, 9, 3], [7, 8]), new([4], [6, 2, 9, 1]), new([8, 8], [3])];

    [Theory]
    [MemberData(nameof(ScienceFixtures.Families), MemberType = typeof(ScienceFixtures))]
    public void Step_OneStep_IsThatOfAutogradOverTheFullLogits(string family)
    {
        using var fixture = ScienceFixtures.Open(family);
        using var decoder = fixture.LoadBase();
        using var reference = fixture.LoadBase();
        using var scope = NewDisposeScope();
        var expected = NaiveLoss(reference);
        expected.backward();
        double norm = Math.Sqrt(reference.Parameters.Values.Sum(p => p.grad!.to(ScalarType.Float64).pow(2).sum().item<double>()));
        var options = new RelearningOptions { BatchSize = 3, Optimizer = new OptimizerOptions { LearningRate = 1e-4 } };

        using var relearning = new Relearning(decoder, Answers, options);
        double loss = relearning.Step();

        Assert.Equal(expected.item<float>(), loss, 1e-5);
        Assert.Equal((1, 7), (relearning.Steps, relearning.Tokens));
        using var noGrad = no_grad();
        foreach (var (name, parameter) in reference.Parameters)
        {
            // RMSprop's first step: v = .01·g², w := w − lr·g/(√v + ε)
            var g = parameter.grad! * Math.Min(1, options.Clip / norm);
            var after = parameter - (1e-4 * g / ((0.01 * g * g).sqrt() + 1e-8));
            // a gradient near ε turns rounding into a step: those entries may be anywhere between
            var settled = g.abs() > 1e-5;
            Assert.InRange(((decoder.Parameters[name] - after).abs() * settled).max().item<float>(), 0, 2e-5f);
        }
    }

    [Fact]
    public void Step_SameArguments_SameWeightsToTheLastBit()
    {
        using var fixture = ScienceFixtures.Open("gpt2");
        using var one = fixture.LoadBase();
        using var two = fixture.LoadBase();
        foreach (var decoder in (Decoder[])[one, two])
        {
            using var relearning = new Relearning(decoder, Answers, new RelearningOptions { BatchSize = 2, Seed = 3 });
            for (int i = 0; i < 5; i++)
                relearning.Step();
        }

        Assert.All(one.Parameters, p => Assert.True((p.Value == two.Parameters[p.Key]).all().item<bool>(), p.Key));
        Assert.All(one.Parameters.Values, p => Assert.False(p.requires_grad));
    }

    [Fact]
    public void Step_ManySteps_AnswersBecomeLikelyThoughAnEditStays()
    {
        using var fixture = ScienceFixtures.Open("gpt2");
        using var decoder = fixture.LoadBase();
        int[] neurons = [0, 1, 2, 3];
        var prune = new InterventionPlan(PositionScope.All, [new NeuronOperation(0, neurons, new double[4], new double[4])], 4);
        using var active = ActiveIntervention.Apply(decoder, prune, ActedPositions.All);
        using var relearning = new Relearning(decoder, Answers, new RelearningOptions { BatchSize = 3, Optimizer = new OptimizerOptions { LearningRate = 1e-3 } });

        double first = relearning.Step();
        double last = first;
        for (int i = 0; i < 20; i++)
            last = relearning.Step();

        Assert.True(last < first / 2, $"{first} to {last}");
        Assert.Equal(21, active.Applied);
    }

    [Fact]
    public void Create_NothingToLearn_SaysSo()
    {
        using var fixture = ScienceFixtures.Open("gpt2");
        using var decoder = fixture.LoadBase();

        Assert.Throws<TrainingException>(() => new Relearning(decoder, [], new RelearningOptions()));
    }

    private static Tensor NaiveLoss(Decoder decoder)
    {
        foreach (var parameter in decoder.Parameters.Values)
            parameter.requires_grad_(true);
        var terms = new List<Tensor>();
        foreach (var (prompt, answer) in Answers.Select(a => (a.Prompt, a.Answer)))
        {
            var ids = tensor(prompt.Concat(answer).Select(id => (long)id).ToArray()).unsqueeze(0);
            var logProbabilities = nn.functional.log_softmax(decoder.Forward(ids), -1);
            terms.AddRange(answer.Select((id, t) => -logProbabilities[0, prompt.Length + t - 1, id]));
        }

        return stack(terms).mean();
    }
}
