using DpoLab.Compute.Neurons;
using DpoLab.Compute.Tests.Models;
using DpoLab.Compute.Tokenization;
using DpoLab.Contracts.Playground;
using DpoLab.Tests;
using static TorchSharp.torch;

namespace DpoLab.Compute.Tests.Neurons;

/// <summary>The lens on every family against the streams and logits that transformers computed.</summary>
public sealed class LayerLensTests
{
    private static readonly int[] Followed = [3, 17, 101];

    public static TheoryData<string> Families => DecoderFixture.Families;

    [Theory, MemberData(nameof(Families))]
    public void Read_EveryPoint_IsTheReferenceStreamThroughTheModelsEnd(string family)
    {
        using var scope = NewDisposeScope();
        using var none = no_grad();
        using var fixture = new DecoderFixture(family);
        var points = Read(fixture);
        int layers = fixture.Decoder.Configuration.Layers;
        Assert.Equal(2 * layers, points.Count);
        for (int layer = 0; layer < layers; layer++)
        {
            var post = fixture.Expected($"left.resid_post.{layer}");
            Near(fixture, post - fixture.Expected($"left.mlp_out.{layer}"), points[2 * layer], (layer, false));
            Near(fixture, post, points[(2 * layer) + 1], (layer, true));
        }
    }

    [Theory, MemberData(nameof(Families))]
    public void Read_LastPoint_IsTheModelsOwnPrediction(string family)
    {
        using var scope = NewDisposeScope();
        using var none = no_grad();
        using var fixture = new DecoderFixture(family);
        var last = Read(fixture)[^1];

        var logits = fixture.Expected("left.logits");
        var expected = logits.narrow(1, logits.shape[1] - 1, 1).squeeze(1).softmax(-1); // [B, V]

        for (int i = 0; i < Followed.Length; i++)
            Assert.Equal(expected.narrow(1, Followed[i], 1).mean().item<float>(), last.Probabilities[i].Mean, 1e-5);
        Assert.Equal(expected.mean([0L]).argmax().item<long>(), last.Top[0].Id);
        Assert.Equal(0, fixture.Decoder.Hooks.Count);
    }

    [Fact]
    public void Read_SeveralPrompts_HasTheSameMeansInAnyBatches()
    {
        using var fixture = new DecoderFixture("gpt2");
        var whole = Read(fixture, batchSize: 16);
        var single = Read(fixture, batchSize: 1);

        Assert.All(whole.Zip(single), pair => Assert.Equal(pair.First.Probabilities[1].Mean, pair.Second.Probabilities[1].Mean, 1e-6));
        Assert.All(whole, point => Assert.InRange(point.Probabilities[0].Mean, point.Probabilities[0].Low, point.Probabilities[0].High));
        Assert.All(whole, point => Assert.Equal(4, point.Probabilities[0].Count));
    }

    private static IReadOnlyList<LensPoint> Read(DecoderFixture fixture, int batchSize = 16)
    {
        var ids = fixture.Expected("left.input_ids");
        var mask = fixture.Expected("left.attention_mask");
        int[][] prompts =
        [
            .. Enumerable.Range(0, (int)ids.shape[0]).Select(row => ids[row].masked_select(mask[row] != 0).data<long>().ToArray().Select(id => (int)id).ToArray()),
        ];
        return LayerLens.Read(
            fixture.Decoder, Tokenizer.Load(Repository.Demo("base-model")), prompts, Followed, top: 5, batchSize, cancellationToken: TestContext.Current.CancellationToken);
    }

    private static void Near(DecoderFixture fixture, Tensor stream, LensPoint point, (int Layer, bool AfterMlp) place)
    {
        Assert.Equal(place, (point.Layer, point.AfterMlp));
        var last = stream.narrow(1, stream.shape[1] - 1, 1).squeeze(1);
        var expected = fixture.Decoder.Unembed(fixture.Decoder.FinalNorm(last)).softmax(-1);
        for (int i = 0; i < Followed.Length; i++)
            Assert.Equal(expected.narrow(1, Followed[i], 1).mean().item<float>(), point.Probabilities[i].Mean, 1e-5);
    }
}
