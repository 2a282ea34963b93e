using System.Text.Json;
using DpoLab.Compute.Models;
using DpoLab.Tests;
using static TorchSharp.torch;

namespace DpoLab.Compute.Tests.Models;

/// <summary>Every family against what transformers computed: the bounds are those of <c>tests/fixtures/README.md</c>.</summary>
public sealed class DecoderReferenceTests
{
    private const double Bound = 1e-4;

    public static TheoryData<string> Families => DecoderFixture.Families;

    [Theory, MemberData(nameof(Families))]
    public void Forward_PaddedOnEitherSide_GivesTheReferenceLogits(string family)
    {
        using var fixture = new DecoderFixture(family);
        using var _ = no_grad();
        foreach (var side in new[] { "right", "left" })
        {
            var mask = fixture.Expected($"{side}.attention_mask");
            var logits = fixture.Decoder.Forward(fixture.Expected($"{side}.input_ids"), mask);
            Assert.True(DecoderFixture.Difference(logits, fixture.Expected($"{side}.logits"), mask) <= Bound, side);
        }
    }

    [Theory, MemberData(nameof(Families))]
    public void Hooks_AtEveryLayer_SeeTheReferenceValues(string family)
    {
        using var fixture = new DecoderFixture(family);
        using var _ = no_grad();
        var mask = fixture.Expected("left.attention_mask");
        var seen = new Dictionary<string, double>(StringComparer.Ordinal);
        var names = new Dictionary<HookPoint, string> { [HookPoint.ResidPost] = "resid_post", [HookPoint.MlpPost] = "mlp_post", [HookPoint.MlpOut] = "mlp_out" };
        foreach (var (point, name) in names)
        {
            for (var layer = 0; layer < fixture.Decoder.Configuration.Layers; layer++)
            {
                fixture.Decoder.Hooks.Add(point, layer, (value, context) =>
                {
                    var key = $"left.{name}.{context.Layer}";
                    seen[key] = DecoderFixture.Difference(value, fixture.Expected(key), mask);
                    return value;
                });
            }
        }

        fixture.Decoder.Forward(fixture.Expected("left.input_ids"), mask);

        Assert.Equal(3 * fixture.Decoder.Configuration.Layers, seen.Count);
        Assert.All(seen, pair => Assert.True(pair.Value <= Bound, $"{pair.Key}: {pair.Value}"));
    }

    [Theory, MemberData(nameof(Families))]
    public void Forward_InBFloat16_StaysWithinTheReferenceBound(string family)
    {
        using var fixture = new DecoderFixture(family, ScalarType.BFloat16);
        using var _ = no_grad();
        var mask = fixture.Expected("left.attention_mask");
        var logits = fixture.Decoder.Forward(fixture.Expected("left.input_ids"), mask).to(ScalarType.Float32);
        Assert.InRange(DecoderFixture.Difference(logits, fixture.Expected("left.logits_bf16"), mask), 0, 0.1);

        var best = fixture.Expected("left.logits").topk(2).values;
        var clear = (best.select(-1, 0) - best.select(-1, 1) > 0.1) & (mask != 0);
        var same = logits.argmax(-1) == fixture.Expected("left.logits_bf16").argmax(-1);
        Assert.True(clear.any().item<bool>());
        Assert.True((same | clear.logical_not()).all().item<bool>());
    }

    [Theory, MemberData(nameof(Families))]
    public void Forward_TextInWindowsOf64_GivesTheReferenceLikelihood(string family)
    {
        using var fixture = new DecoderFixture(family);
        using var _ = no_grad();
        using var document = JsonDocument.Parse(File.ReadAllText(Repository.Fixture("decoders", family, "expected.json")));
        var ids = fixture.Expected("text.input_ids");
        double sum = 0;
        long scored = 0;
        for (long start = 0; start < ids.shape[1]; start += 64)
        {
            var window = ids.narrow(1, start, Math.Min(64, ids.shape[1] - start));
            var logProbabilities = fixture.Decoder.Forward(window).log_softmax(-1);
            var next = window.narrow(1, 1, window.shape[1] - 1);
            var chosen = logProbabilities.narrow(1, 0, next.shape[1]).gather(2, next.unsqueeze(-1));
            sum -= chosen.to(ScalarType.Float64).sum().item<double>();
            scored += next.shape[1];
        }

        Assert.Equal(document.RootElement.GetProperty("scored_tokens").GetInt64(), scored);
        var reference = document.RootElement.GetProperty("nll_sum").GetDouble();
        Assert.InRange(Math.Abs(sum - reference) / reference, 0, 1e-5);
    }

    [Theory, MemberData(nameof(Families))]
    public void Forward_ConfigurationOfTransformers4_GivesTheSameLogits(string family)
    {
        using var folder = new TemporaryFolder();
        foreach (var file in Directory.EnumerateFiles(DecoderFixture.ModelFolder(family)))
            File.Copy(file, folder.Combine(Path.GetFileName(file)));
        File.Copy(Repository.Fixture("decoders", family, "config.v4.json"), folder.Combine("config.json"), overwrite: true);
        using var fixture = new DecoderFixture(family);
        using var older = Decoder.Load(folder.FullPath, CPU, ScalarType.Float32);
        using var _ = no_grad();
        var ids = fixture.Expected("left.input_ids");
        var mask = fixture.Expected("left.attention_mask");

        Assert.True(fixture.Decoder.Forward(ids, mask).Equals(older.Forward(ids, mask)));
    }
}
