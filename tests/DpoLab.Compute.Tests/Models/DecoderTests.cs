using DpoLab.Compute.Checkpoints;
using DpoLab.Compute.Models;
using static TorchSharp.torch;

namespace DpoLab.Compute.Tests.Models;

public sealed class DecoderTests
{
    public static TheoryData<string> Families => DecoderFixture.Families;

    [Theory, MemberData(nameof(Families))]
    public void Hooks_TakenOff_LeaveBitEqualLogits(string family)
    {
        using var fixture = new DecoderFixture(family);
        using var _ = no_grad();
        var (ids, mask) = (fixture.Expected("left.input_ids"), fixture.Expected("left.attention_mask"));
        var before = fixture.Decoder.Forward(ids, mask);
        foreach (var point in Enum.GetValues<HookPoint>())
        {
            using (fixture.Decoder.Hooks.Add(point, 1, (value, _) => value * 1.5))
            {
                Assert.Equal(1, fixture.Decoder.Hooks.Count);
                Assert.False(fixture.Decoder.Forward(ids, mask).Equals(before), $"{point}");
            }

            Assert.Equal(0, fixture.Decoder.Hooks.Count);
            Assert.True(fixture.Decoder.Forward(ids, mask).Equals(before), $"{point}");
        }
    }

    [Fact]
    public void Hooks_SeveralAtOnePoint_ActInTheOrderInWhichTheyWereAdded()
    {
        using var fixture = new DecoderFixture("gpt2");
        using var _ = no_grad();
        var calls = new List<string>();
        using var first = fixture.Decoder.Hooks.Add(HookPoint.MlpPost, 2, (value, context) => Noted("first", value, context));
        var second = fixture.Decoder.Hooks.Add(HookPoint.MlpPost, 2, (value, context) => Noted("second", value, context));
        fixture.Decoder.Forward(fixture.Expected("text.input_ids").narrow(1, 0, 5));
        second.Dispose();
        second.Dispose();
        fixture.Decoder.Forward(fixture.Expected("text.input_ids").narrow(1, 0, 5));
        Assert.Equal(["first 2", "second 2", "first 2"], calls);
        Assert.Equal(1, fixture.Decoder.Hooks.Count);

        Tensor Noted(string name, Tensor value, ForwardContext context)
        {
            calls.Add($"{name} {context.Layer}");
            return value;
        }
    }

    [Fact]
    public void Hooks_ValueOfAnotherShape_IsRefused()
    {
        using var fixture = new DecoderFixture("gpt2");
        using var _ = no_grad();
        using var hook = fixture.Decoder.Hooks.Add(HookPoint.MlpPost, 0, (value, _) => value.narrow(2, 0, 5));
        var error = Assert.Throws<InvalidOperationException>(() => fixture.Decoder.Forward(fixture.Expected("left.input_ids")));
        Assert.Contains("MlpPost of layer 0", error.Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Families))]
    public void Save_ThenLoad_GivesBitEqualLogitsUnderTheSameNames(string family)
    {
        using var fixture = new DecoderFixture(family);
        using var folder = new TemporaryFolder();
        using var _ = no_grad();
        fixture.Decoder.Save(folder.Path);
        using var loaded = Decoder.Load(folder.Path, CPU, ScalarType.Float32);
        using var source = CheckpointFolder.Open(fixture.Decoder.Folder);
        using var target = CheckpointFolder.Open(folder.Path);

        Assert.Equal(source.Names.Order(), target.Names.Order());
        Assert.True(File.Exists(folder.File("generation_config.json")));
        var ids = fixture.Expected("left.input_ids");
        Assert.True(loaded.Forward(ids).Equals(fixture.Decoder.Forward(ids)));
    }

    [Fact]
    public void Save_InBFloat16_SaysSoInTheConfiguration()
    {
        using var fixture = new DecoderFixture("mistral", ScalarType.BFloat16);
        using var folder = new TemporaryFolder();
        fixture.Decoder.Save(folder.Path);
        Assert.Contains("\"dtype\": \"bfloat16\"", File.ReadAllText(folder.File("config.json")), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Families))]
    public void Vectors_OfNeurons_ComposeTheOutputOfTheMlp(string family)
    {
        using var fixture = new DecoderFixture(family);
        using var _ = no_grad();
        var decoder = fixture.Decoder;
        Tensor? post = null, raw = null, output = null;
        using var a = decoder.Hooks.Add(HookPoint.MlpPost, 1, (value, _) => post = value.clone().DetachFromDisposeScope());
        using var b = decoder.Hooks.Add(HookPoint.MlpRaw, 1, (value, _) => raw = value.clone().DetachFromDisposeScope());
        using var c = decoder.Hooks.Add(HookPoint.MlpOut, 1, (value, _) => output = value.clone().DetachFromDisposeScope());
        decoder.Forward(fixture.Expected("text.input_ids").narrow(1, 0, 12));

        var written = post!.matmul(decoder.ValueVectors(1)); // Σ_i m_i v_i
        written = decoder.OutputBias(1) is { } bias ? written + bias : written;
        Assert.InRange((written - raw!).abs().max().item<float>(), 0, 1e-5);
        if (decoder.OutputGain(1) is { } gain)
            written = written / (written.square().mean([-1L], true) + decoder.PostNormEpsilon).sqrt() * gain;
        Assert.InRange((written - output!).abs().max().item<float>(), 0, 1e-5);
        Assert.Equal([decoder.Configuration.Neurons, decoder.Configuration.Width], decoder.KeyVectors(1).shape);
    }

    [Theory, MemberData(nameof(Families))]
    public void KeyVectors_ScaledInPlace_ChangeTheLiveModelAndCanBePutBack(string family)
    {
        using var fixture = new DecoderFixture(family);
        using var _ = no_grad();
        var ids = fixture.Expected("text.input_ids").narrow(1, 0, 12);
        var before = fixture.Decoder.Forward(ids);
        var row = fixture.Decoder.KeyVectors(0)[3];
        var kept = row.clone();
        row.mul_(10);
        Assert.False(fixture.Decoder.Forward(ids).Equals(before));
        row.copy_(kept);
        Assert.True(fixture.Decoder.Forward(ids).Equals(before));
    }

    [Theory, MemberData(nameof(Families))]
    public void Forward_WithGradients_ReachesEveryParameter(string family)
    {
        using var fixture = new DecoderFixture(family);
        foreach (var parameter in fixture.Decoder.Parameters.Values)
            parameter.requires_grad = true;
        var (ids, mask) = (fixture.Expected("left.input_ids"), fixture.Expected("left.attention_mask"));
        var loss = (fixture.Decoder.Forward(ids, mask).log_softmax(-1).select(-1, 3) * mask).sum();
        loss.backward();
        Assert.All(fixture.Decoder.Parameters, pair =>
        {
            Assert.NotNull(pair.Value.grad);
            Assert.True(pair.Value.grad!.isfinite().all().item<bool>(), pair.Key);
        });
    }

    [Fact]
    public void Forward_MaskedRowsExactly_GivesTheSameValues()
    {
        using var fixture = new DecoderFixture("gpt2");
        using var _ = no_grad();
        var (ids, mask) = (fixture.Expected("left.input_ids"), fixture.Expected("left.attention_mask"));
        var fused = fixture.Decoder.Forward(ids, mask);
        var exact = fixture.Decoder.Forward(ids, mask, options: new ForwardOptions { PlainAttention = true });
        // Padding rows included: both let a row that sees nothing attend evenly.
        Assert.InRange((fused - exact).abs().max().item<float>(), 0, 1e-4);
    }

    [Fact]
    public void Forward_WrongInput_IsRefusedAtTheEdge()
    {
        using var fixture = new DecoderFixture("gpt2");
        using var _ = no_grad();
        var decoder = fixture.Decoder;
        var ids = zeros([1, 97], ScalarType.Int64);
        Assert.Contains("97 tokens is longer than the model's context of 96", Refusal(() => decoder.Forward(ids)), StringComparison.Ordinal);
        Assert.Contains("[2, 5]", Refusal(() => decoder.Forward(zeros([2, 5], ScalarType.Int64), ones([2, 4], ScalarType.Int64))), StringComparison.Ordinal);
        Assert.Contains("vocabulary of 512", Refusal(() => decoder.Forward(full([1, 2], 512L, ScalarType.Int64))), StringComparison.Ordinal);
        Assert.Contains("vocabulary of 512", Refusal(() => decoder.Forward(full([1, 2], -1L, ScalarType.Int64))), StringComparison.Ordinal);
        Assert.Contains("Int64", Refusal(() => decoder.Forward(ones(1, 2))), StringComparison.Ordinal);
        using var cache = new KeyValueCache(decoder, 1, 4);
        Assert.Contains("cache", Refusal(() => decoder.Forward(zeros([1, 5], ScalarType.Int64), cache: cache)), StringComparison.Ordinal);

        static string Refusal(Func<Tensor> forward) => Assert.Throws<ArgumentException>(forward).Message;
    }

    [Theory, MemberData(nameof(Families))]
    public void Forward_Repeated_LeavesNoTensorBehind(string family)
    {
        using var fixture = new DecoderFixture(family);
        using var _ = no_grad();
        var (ids, mask) = (fixture.Expected("left.input_ids"), fixture.Expected("left.attention_mask"));
        fixture.Decoder.Forward(ids, mask).Dispose();
        var before = Tensor.TotalCount;
        for (var i = 0; i < 3; i++)
            fixture.Decoder.Forward(ids, mask).Dispose();
        // Other tests run beside this one; a leak here would be hundreds.
        Assert.InRange(Tensor.TotalCount - before, long.MinValue, 400);
    }

    [Fact]
    public void Load_OlderGpt2File_IsReadAndSavedUnderItsOwnNames()
    {
        using var fixture = new DecoderFixture("gpt2");
        using var folder = new TemporaryFolder();
        using var saved = new TemporaryFolder();
        using var _ = no_grad();
        File.Copy(Path.Combine(fixture.Decoder.Folder, "config.json"), folder.File("config.json"));
        var tensors = fixture.Decoder.Parameters.ToDictionary(p => p.Key.Replace("transformer.", "", StringComparison.Ordinal), p => p.Value);
        tensors["h.0.attn.bias"] = ones([1, 1, 96, 96]).tril();
        tensors["h.0.attn.masked_bias"] = tensor(-1e4f);
        tensors["lm_head.weight"] = fixture.Decoder.UnembeddingRows;
        SafetensorsFile.Write(folder.File("model.safetensors"), tensors);

        using var older = Decoder.Load(folder.Path, CPU, ScalarType.Float32);
        var ids = fixture.Expected("text.input_ids").narrow(1, 0, 20);
        Assert.True(older.Forward(ids).Equals(fixture.Decoder.Forward(ids)));
        older.Save(saved.Path);
        using var file = SafetensorsFile.Open(saved.File("model.safetensors"));
        Assert.Contains("h.0.attn.c_attn.weight", file.Names);
        Assert.DoesNotContain("lm_head.weight", file.Names);
    }

    [Fact]
    public void Load_TiedOrNot_HasEachWeightOnce()
    {
        using var fixture = new DecoderFixture("llama-tied");
        Assert.Same(fixture.Decoder.Parameters["model.embed_tokens.weight"], fixture.Decoder.UnembeddingRows);
        Assert.False(fixture.Decoder.Parameters.ContainsKey("lm_head.weight"));
        using var untied = new DecoderFixture("mistral");
        Assert.Same(untied.Decoder.Parameters["lm_head.weight"], untied.Decoder.UnembeddingRows);
    }
}
