using System.Text.Json;
using DpoLab.Compute.Checkpoints;
using DpoLab.Compute.Generation;
using DpoLab.Compute.Models;
using static TorchSharp.torch;

namespace DpoLab.Compute.Verification;

/// <summary>
/// <c>decoders/&lt;family&gt;</c>: a model, and what transformers computed with it in fp32 with eager attention: logits of sequences padded on either
/// side, the values at the hook points, greedy continuations, the likelihood of a text, bfloat16.
/// </summary>
public sealed class DecoderCaseChecker : ICaseChecker
{
    private const double Fp32 = 1e-4;
    private const double BFloat16 = 0.1;

    public string Kind => "decoders";

    public IEnumerable<string> Cases(VerificationFolder folder) => folder.FoldersOf(Kind);

    public IEnumerable<Comparison> Check(VerificationFolder folder, string name, CancellationToken cancellationToken)
    {
        using var expected = SafetensorsFile.Open(folder.Of(Kind, name, "expected.safetensors"));
        using (var decoder = Decoder.Load(folder.Of(Kind, name, "model"), folder.Device, ScalarType.Float32))
        {
            yield return Logits(decoder, expected, "right");
            yield return Logits(decoder, expected, "left");
            foreach (var (point, what) in new[] { (HookPoint.ResidPost, "resid_post"), (HookPoint.MlpPost, "mlp_post"), (HookPoint.MlpOut, "mlp_out") })
                yield return Hooked(decoder, expected, point, what);
            var values = ReferenceJson.Read(folder.Of(Kind, name, "expected.json"));
            yield return Greedy(decoder, expected, "left.generated", [], cancellationToken);
            if (expected.Entries.ContainsKey("left.generated_eos"))
                yield return Greedy(decoder, expected, "left.generated_eos", [values.Part("eos_of_generated_eos").GetInt64()], cancellationToken);
            yield return Likelihood(decoder, expected, values);
            if (File.Exists(folder.Of(Kind, name, "config.v4.json")))
                yield return OlderDialect(decoder, expected, folder.Of(Kind, name));
        }

        if (!expected.Entries.ContainsKey("left.logits_bf16"))
            yield break;

        // The reference was cast as a whole by model.to(torch.bfloat16), rotary frequencies included.
        using var half = Decoder.Load(folder.Of(Kind, name, "model"), folder.Device, ScalarType.BFloat16, roundFrequencies: true);
        foreach (var comparison in InBFloat16(half, expected))
            yield return comparison;
    }

    private static Comparison Logits(Decoder decoder, SafetensorsFile expected, string side)
    {
        using var scope = NewDisposeScope();
        using var none = no_grad();
        var mask = expected.Load($"{side}.attention_mask", decoder.Device);
        var logits = decoder.Forward(expected.Load($"{side}.input_ids", decoder.Device), mask);
        return new Comparison($"logits, padded {side}", Difference(logits, expected.Load($"{side}.logits", decoder.Device), mask), Fp32);
    }

    private static Comparison Hooked(Decoder decoder, SafetensorsFile expected, HookPoint point, string what)
    {
        using var scope = NewDisposeScope();
        using var none = no_grad();
        var mask = expected.Load("left.attention_mask", decoder.Device);
        double largest = 0;
        var layers = Enumerable.Range(0, decoder.Configuration.Layers).Select(layer => decoder.Hooks.Add(point, layer, (value, context) =>
        {
            largest = Math.Max(largest, Difference(value, expected.Load($"left.{what}.{context.Layer}", decoder.Device), mask));
            return value;
        })).ToList();
        try
        {
            decoder.Hidden(expected.Load("left.input_ids", decoder.Device), mask);
        }
        finally
        {
            layers.ForEach(layer => layer.Dispose());
        }

        return new Comparison($"{what}, {layers.Count} layers", largest, Fp32);
    }

    private static Comparison Greedy(Decoder decoder, SafetensorsFile expected, string what, IReadOnlyList<long> ends, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        var tokens = expected.Load(what, decoder.Device);
        var options = new GenerationOptions { NewTokens = (int)tokens.shape[1], EndOfText = ends };
        var batch = TextGenerator.Generate(
            decoder, expected.Load("left.input_ids", decoder.Device), expected.Load("left.attention_mask", decoder.Device), options, cancellationToken: cancellationToken);
        var differing = (batch.ToTensor(decoder.Device) != tokens).sum().item<long>();
        return new Comparison($"{what[5..]}, {tokens.numel()} tokens", differing, 0, "greedy tokens differ");
    }

    private static Comparison Likelihood(Decoder decoder, SafetensorsFile expected, JsonElement values)
    {
        using var scope = NewDisposeScope();
        using var none = no_grad();
        var ids = expected.Load("text.input_ids", decoder.Device);
        var width = values.Part("window").GetInt64();
        double sum = 0;
        for (long start = 0; start + 1 < ids.shape[1]; start += width)
        {
            var window = ids.narrow(1, start, Math.Min(width, ids.shape[1] - start));
            var next = window.narrow(1, 1, window.shape[1] - 1);
            var scores = decoder.Forward(window).narrow(1, 0, next.shape[1]).log_softmax(-1, ScalarType.Float64);
            sum -= scores.gather(2, next.unsqueeze(-1)).sum().item<double>();
        }

        var reference = values.Part("nll_sum").GetDouble();
        return new Comparison($"likelihood, windows of {width}, relative", Math.Abs(sum - reference) / reference, 1e-5);
    }

    /// <summary>The same weights under <c>config.v4.json</c> must give the same bits.</summary>
    private static Comparison OlderDialect(Decoder decoder, SafetensorsFile expected, string folder)
    {
        using var scope = NewDisposeScope();
        using var none = no_grad();
        var temporary = Directory.CreateTempSubdirectory("dpolab-verify-").FullName;
        try
        {
            foreach (var file in Directory.EnumerateFiles(Path.Combine(folder, "model"), "*.safetensors*"))
                File.CreateSymbolicLink(Path.Combine(temporary, Path.GetFileName(file)), Path.GetFullPath(file));
            File.Copy(Path.Combine(folder, "config.v4.json"), Path.Combine(temporary, "config.json"));
            using var older = Decoder.Load(temporary, decoder.Device, ScalarType.Float32);
            var (ids, mask) = (expected.Load("left.input_ids", decoder.Device), expected.Load("left.attention_mask", decoder.Device));
            return new Comparison("config.v4.json, logits", Difference(older.Forward(ids, mask), decoder.Forward(ids, mask), mask), 0);
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }

    private static IEnumerable<Comparison> InBFloat16(Decoder decoder, SafetensorsFile expected)
    {
        using var scope = NewDisposeScope();
        using var none = no_grad();
        var (mask, reference) = (expected.Load("left.attention_mask", decoder.Device), expected.Load("left.logits_bf16", decoder.Device));
        var logits = decoder.Forward(expected.Load("left.input_ids", decoder.Device), mask).to(ScalarType.Float32);
        var best = expected.Load("left.logits", decoder.Device).topk(2).values;
        var clear = (best.select(-1, 0) - best.select(-1, 1) > BFloat16) & (mask != 0);
        var wrong = ((logits.argmax(-1) != reference.argmax(-1)) & clear).sum().item<long>();
        return
        [
            new Comparison("logits in bfloat16", Difference(logits, reference, mask), BFloat16),
            new Comparison($"likeliest token in bfloat16, {clear.sum().item<long>()}", wrong, 0, "the likeliest token differs where the fp32 margin is clear"),
        ];
    }

    /// <summary>The largest difference over real positions; NaN if a value is.</summary>
    private static double Difference(Tensor actual, Tensor expected, Tensor mask)
    {
        using var scope = NewDisposeScope();
        if (!actual.shape.SequenceEqual(expected.shape))
            throw new InvalidDataException($"The reference has the shape [{string.Join(", ", expected.shape)}], ours [{string.Join(", ", actual.shape)}].");
        var difference = (actual.to(ScalarType.Float32) - expected).abs();
        // max() of a tensor that holds a NaN is NaN.
        return difference.masked_fill((mask == 0).unsqueeze(-1), 0).max().item<float>();
    }
}
