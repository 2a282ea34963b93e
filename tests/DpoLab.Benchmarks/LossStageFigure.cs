using DpoLab.Compute.Runs;
using DpoLab.Compute.Training;
using static TorchSharp.torch;

namespace DpoLab.Benchmarks;

/// <summary>
/// The last stage of a DPO step, from normed states to their gradient and that of the unembedding: ours, piece by piece outside
/// autograd, against the plain one, which holds the logits of all positions and what autograd keeps of them.
/// </summary>
internal sealed class LossStageFigure : IFigure
{
    private const int Width = 768;
    private const int Rounds = 3;

    public string Name => "loss stage";

    public IEnumerable<FigureValue> Measure(BenchmarkModel model)
    {
        NativeSettings.ReturnLargeBlocks(); // as a training does
        long before = 0;
        foreach (var (vocabulary, scored) in ((int, int)[])[(50257, 320), (50257, 640), (128256, 320)])
        {
            var (ours, plain) = Compare(scored, vocabulary, unscored: scored * 11 / 5);
            yield return new FigureValue(
                $"loss stage, {vocabulary} words, {scored} scored of {scored * 16 / 5}: peak memory over plain", (double)ours.Bytes / plain.Bytes, AtLeast: false, 0.25,
                $"{ours.Bytes >> 20} MB over {plain.Bytes >> 20} MB; {ours.Milliseconds:f0} ms over {plain.Milliseconds:f0} ms");
            if (scored == 640)
            {
                yield return new FigureValue(
                    "loss stage, 50257 words: peak memory of twice the tokens over once", (double)ours.Bytes / before, AtLeast: false, 1.1,
                    $"{ours.Bytes >> 20} MB over {before >> 20} MB");
            }

            before = ours.Bytes;
        }
    }

    /// <summary>Median time and peak memory of both, alternating, in one process.</summary>
    /// <param name="responseTokens">R: scored positions of a batch.</param>
    /// <param name="vocabulary">V.</param>
    /// <param name="unscored">Positions of prompt and padding, which the plain stage unembeds too.</param>
    private static ((double Milliseconds, long Bytes) Ours, (double Milliseconds, long Bytes) Plain) Compare(int responseTokens, int vocabulary, int unscored)
    {
        using var gradients = enable_grad();
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        Tensor states = randn([responseTokens + unscored, Width], generator: generator);
        Tensor rows = (randn([vocabulary, Width], generator: generator) * 0.02).requires_grad_();
        Tensor targets = randint(0, vocabulary, [responseTokens], ScalarType.Int64, generator: generator);
        Tensor slopes = randn([responseTokens], generator: generator);
        var ours = new List<(double Milliseconds, long Bytes)>();
        var plain = new List<(double Milliseconds, long Bytes)>();
        for (int round = 0; round < Rounds; round++)
        {
            ours.Add(PeakMemory.Measure(() => Ours(states.narrow(0, 0, responseTokens), rows, targets, slopes)));
            plain.Add(PeakMemory.Measure(() => Plain(states, rows, targets, slopes, responseTokens)));
        }

        return (PeakMemory.Median(ours), PeakMemory.Median(plain));
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
