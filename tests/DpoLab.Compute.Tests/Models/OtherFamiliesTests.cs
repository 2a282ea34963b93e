using DpoLab.Compute.Checkpoints;
using DpoLab.Compute.Models;
using DpoLab.Tests;
using static TorchSharp.torch;

namespace DpoLab.Compute.Tests.Models;

/// <summary>Families without shared reference values: against the naive pass, which itself stands against them, and where one family contains another.</summary>
public sealed class OtherFamiliesTests
{
    private const string Sizes =
        """
        "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 48, "vocab_size": 96, "max_position_embeddings": 64
        """;

    private static readonly int[] Ids = [3, 95, 0, 17, 41, 41, 8, 60, 2, 33, 71];

    public static TheoryData<string> Configurations =>
    [
        $$$"""{"model_type": "qwen2", {{{Sizes}}}, "num_key_value_heads": 2, "rope_theta": 1000000.0, "tie_word_embeddings": true, "sliding_window": 4, "use_sliding_window": false}""",
        $$$"""{"model_type": "qwen3", {{{Sizes}}}, "num_key_value_heads": 2, "head_dim": 16, "rope_parameters": {"rope_type": "default", "rope_theta": 1e6}}""",
        $$$"""{"model_type": "gpt_neox", {{{Sizes}}}, "rotary_pct": 0.5, "rotary_emb_base": 10000, "hidden_act": "gelu", "use_parallel_residual": true}""",
        $$$"""{"model_type": "gpt_neox", {{{Sizes}}}, "rope_parameters": {"rope_type": "default", "rope_theta": 5000, "partial_rotary_factor": 0.25}, "use_parallel_residual": false}""",
    ];

    [Theory, MemberData(nameof(Configurations))]
    public void Forward_OfTheFamily_EqualsTheNaivePass(string configuration)
    {
        using var folder = new TemporaryFolder();
        using var decoder = Loud(folder, configuration);
        Compare(decoder, decoder.Configuration.ModelType == "gpt_neox" ? new NaiveDecoder(decoder).NeoX(Ids) : new NaiveDecoder(decoder).LlamaLike(Ids), Ids);
    }

    [Theory, InlineData("llama31"), InlineData("llama-tied")]
    public void NaivePass_OfAFamilyWithReferenceValues_EqualsThem(string family)
    {
        using var fixture = new DecoderFixture(family);
        var ids = fixture.Expected("right.input_ids")[3].narrow(0, 0, 5).data<long>().ToArray().Select(id => (int)id).ToArray();
        var expected = fixture.Expected("right.logits")[3];
        var naive = new NaiveDecoder(fixture.Decoder).LlamaLike(ids);
        for (var t = 0; t < ids.Length; t++)
        {
            var row = expected[t].data<float>().ToArray();
            Assert.All(naive[t].Zip(row), pair => Assert.InRange(pair.First - pair.Second, -1e-4, 1e-4));
        }

        Compare(fixture.Decoder, naive, ids);
    }

    [Fact]
    public void Qwen2_WithoutBiases_EqualsLlama()
    {
        using var fixture = new DecoderFixture("llama31");
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var config = File.ReadAllText(Path.Combine(fixture.Decoder.Folder, "config.json")).Replace("\"llama\"", "\"qwen2\"", StringComparison.Ordinal);
        File.WriteAllText(folder.File("config.json"), config);
        var tensors = fixture.Decoder.Parameters.ToDictionary(p => p.Key, p => p.Value);
        for (var layer = 0; layer < fixture.Decoder.Configuration.Layers; layer++)
        {
            tensors[$"model.layers.{layer}.self_attn.q_proj.bias"] = zeros(64);
            tensors[$"model.layers.{layer}.self_attn.k_proj.bias"] = zeros(32);
            tensors[$"model.layers.{layer}.self_attn.v_proj.bias"] = zeros(32);
        }

        SafetensorsFile.Write(folder.File("model.safetensors"), tensors);
        using var qwen = Decoder.Load(folder.Path, CPU, ScalarType.Float32);
        var (ids, mask) = (fixture.Expected("left.input_ids"), fixture.Expected("left.attention_mask"));
        Assert.InRange((qwen.Forward(ids, mask) - fixture.Decoder.Forward(ids, mask)).abs().max().item<float>(), 0, 1e-5);
    }

    [Fact]
    public void Qwen2_WithSlidingWindow_SlidesFromTheNamedLayerOn()
    {
        using var folder = new TemporaryFolder();
        var config = $$"""{"model_type": "qwen2", {{Sizes}}, "use_sliding_window": true, "sliding_window": 4, "max_window_layers": 1}""";
        using var decoder = Loud(folder, config);
        Assert.Equal([null, 4], decoder.Configuration.SlidingWindows);
    }

    /// <summary>A model whose weights are large enough for every term to show in the logits.</summary>
    private static Decoder Loud(TemporaryFolder folder, string configuration)
    {
        SyntheticModel.Write(folder.Path, configuration);
        var decoder = Decoder.Load(folder.Path, CPU, ScalarType.Float32);
        using var _ = no_grad();
        using var generator = new Generator(11);
        foreach (var parameter in decoder.Parameters.Values)
        {
            using var noise = randn(parameter.shape, generator: generator);
            parameter.mul_(4).add_(noise.mul_(0.2));
        }

        return decoder;
    }

    private static void Compare(Decoder decoder, double[][] naive, int[] ids)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var logits = decoder.Forward(tensor(ids.Select(id => (long)id).ToArray()).unsqueeze(0))[0].to(ScalarType.Float64).data<double>().ToArray();
        var largest = naive.SelectMany(row => row).Max(Math.Abs);
        Assert.True(largest > 1);
        // What fp32 rounds over a few layers, in units of the largest logit.
        Assert.All(naive.SelectMany(row => row).Zip(logits), pair => Assert.InRange(Math.Abs(pair.First - pair.Second) / largest, 0, 2e-5));
    }
}
