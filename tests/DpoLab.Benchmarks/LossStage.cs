using DpoLab.Compute.Training;
using static TorchSharp.torch;

namespace DpoLab.Benchmarks;

/// <summary>
/// The last stage of a DPO step, from normed states to their gradient and that of the unembedding: ours, piece by piece outside
/// autograd, against the plain one, which holds the logits of all positions and what autograd keeps of them.
/// </summary>
internal static class LossStage
{
    /// <summary>Writes time and peak memory of both, alternating, in one process.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="responseTokens">R: scored positions of a batch.</param>
    /// <param name="width">D.</param>
    /// <param name="vocabulary">V.</param>
    /// <param name="unscored">Positions of prompt and padding, which the plain stage unembeds too.</param>
    /// <param name="rounds">Times each.</param>
    public static void Run(TextWriter output, int responseTokens, int width, int vocabulary, int unscored, int rounds = 5)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        Tensor states = randn([responseTokens + unscored, width], generator: generator);
        Tensor rows = (randn([vocabulary, width], generator: generator) * 0.02).requires_grad_();
        Tensor targets = randint(0, vocabulary, [responseTokens], ScalarType.Int64, generator: generator);
        Tensor slopes = randn([responseTokens], generator: generator);
        var ours = new List<(double Milliseconds, long Bytes)>();
        var plain = new List<(double Milliseconds, long Bytes)>();
        for (int round = 0; round < rounds; round++)
        {
            ours.Add(PeakMemory.Measure(() => Ours(states.narrow(0, 0, responseTokens), rows, targets, slopes)));
            plain.Add(PeakMemory.Measure(() => Plain(states, rows, targets, slopes, responseTokens)));
        }

        (double Milliseconds, long Bytes) a = PeakMemory.Median(ours), b = PeakMemory.Median(plain);
        output.WriteLine(
            $"loss stage, {responseTokens} scored of {responseTokens + unscored} positions, D {width}, V {vocabulary}: "
            + $"{a.Milliseconds:f0} ms, {a.Bytes >> 20} MB; plain {b.Milliseconds:f0} ms, {b.Bytes >> 20} MB "
            + $"(time × {a.Milliseconds / b.Milliseconds:f2}, memory × {(double)a.Bytes / Math.Max(1, b.Bytes):f2})");
    }

    private static void Ours(Tensor states, Tensor rows, Tensor targets, Tensor slopes)
    {
        var stage = new VocabularyLoss(states, targets, new OutputProjection(rows, SoftCap: null), reference: null);
        stage.Forward(backwardFollows: true);
        stage.Backward(slopes, divergenceSlopes: null, rowsGradient: zeros_like(rows));
    }

    private static void Plain(Tensor states, Tensor rows, Tensor targets, Tensor slopes, int scored)
    {
        Tensor leaf = states.detach().clone().requires_grad_();
        Tensor log = nn.functional.log_softmax(nn.functional.linear(leaf, rows), 1);
        (log.narrow(0, 0, scored).gather(1, targets.unsqueeze(1)).squeeze(1) * slopes).sum().backward();
        rows.grad = null;
    }
}
