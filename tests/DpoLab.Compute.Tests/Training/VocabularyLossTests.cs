using DpoLab.Compute.Training;
using static TorchSharp.torch;

namespace DpoLab.Compute.Tests.Training;

public sealed class VocabularyLossTests
{
    [Theory]
    [InlineData(null, false)]
    [InlineData(null, true)]
    [InlineData(4.0, true)]
    public void Backward_InOnePieceAndInMany_IsTheGradientThatAutogradFinds(double? cap, bool withReference)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        Tensor states = randn([11, 6], generator: generator).requires_grad_();
        Tensor rows = randn([17, 6], generator: generator).requires_grad_();
        Tensor targets = tensor(Enumerable.Range(0, 11).Select(i => (i * 5L) % 17).ToArray());
        Tensor a = randn([11], generator: generator), b = randn([11], generator: generator);
        ReferenceStates? reference = withReference
            ? new ReferenceStates(randn([11, 6], generator: generator), new OutputProjection(randn([17, 6], generator: generator), cap))
            : null;
        var (logP, divergence) = Plainly(states, rows, targets, cap, reference);
        Tensor value = (a * logP).sum();
        if (divergence is not null)
            value = value + (b * divergence).sum();
        value.backward();

        foreach (long pieceElements in new long[] { 17 * 3, 1 << 20 })
        {
            var stage = new VocabularyLoss(states, targets, new OutputProjection(rows, cap), reference, pieceElements);
            var (stageLogP, stageDivergence, _) = stage.Forward(backwardFollows: true);
            Tensor rowsGradient = zeros_like(rows);
            Tensor gradient = stage.Backward(a, withReference ? b : null, rowsGradient);

            AssertClose(logP, stageLogP);
            AssertClose(states.grad!, gradient);
            AssertClose(rows.grad!, rowsGradient);
            if (divergence is not null)
                AssertClose(divergence, stageDivergence!);
        }
    }

    private static (Tensor LogP, Tensor? Divergence) Plainly(
        Tensor states, Tensor rows, Tensor targets, double? cap, ReferenceStates? reference)
    {
        Tensor log = Logs(states, rows, cap);
        Tensor logP = log.gather(1, targets.unsqueeze(1)).squeeze(1);
        if (reference is not { } r)
            return (logP, null);
        Tensor logReference = Logs(r.States, r.Output.Rows, cap);
        return (logP, (logReference.exp() * (logReference - log)).sum(1));
    }

    private static Tensor Logs(Tensor states, Tensor rows, double? cap)
    {
        Tensor logits = states.matmul(rows.t());
        return nn.functional.log_softmax(cap is { } c ? c * (logits / c).tanh() : logits, 1);
    }

    private static void AssertClose(Tensor expected, Tensor actual) =>
        Assert.True(allclose(expected.detach(), actual.detach(), rtol: 1e-4, atol: 1e-5), $"{(expected.detach() - actual.detach()).abs().max().item<float>()} apart");
}
