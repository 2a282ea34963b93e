using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using DpoLab.Compute.Checkpoints;
using DpoLab.Compute.Models;
using DpoLab.Tests;
using TorchSharp;
using static TorchSharp.torch;

namespace DpoLab.Compute.Tests.Models;

/// <summary>Bad folders are refused with what, where and what to do; good ones need no more memory than their weights.</summary>
[Collection(nameof(MeasuresMemory))]
public sealed partial class DecoderLoadingTests
{
    [Theory]
    [InlineData("gpt2", "model_type", "\"gpt5\"", "'model_type' is \"gpt5\"")]
    [InlineData("gpt2", "activation_function", "\"mish\"", "'activation_function' is \"mish\"")]
    [InlineData("gpt2", "n_layer", "0", "'n_layer' is 0")]
    [InlineData("gpt2", "n_layer", "2000000", "2000000 layers")]
    [InlineData("gpt2", "n_layer", "\"3\"", "'n_layer' is \"3\"")]
    [InlineData("gpt2", "n_embd", "null", "'n_embd' is missing")]
    [InlineData("gpt2", "n_head", "5", "'n_head' is 5")]
    [InlineData("gpt2", "n_embd", "64", "config.json implies")]
    [InlineData("gpt2", "n_layer", "2", "unexpected")]
    [InlineData("gpt2", "n_layer", "4", "12 missing (transformer.h.3.attn.c_attn.bias")]
    [InlineData("gpt2", "add_cross_attention", "true", "'add_cross_attention' is true")]
    [InlineData("gpt2", "quantization_config", "{\"bits\": 4}", "'quantization_config'")]
    [InlineData("llama31", "hidden_act", "\"tanh\"", "'hidden_act' is \"tanh\"")]
    [InlineData("llama31", "attention_bias", "true", "'attention_bias' is true")]
    [InlineData("llama31", "rope_parameters", "{\"rope_type\": \"yarn\", \"rope_theta\": 1e4}", "'rope_parameters.rope_type' is \"yarn\"")]
    [InlineData("llama31", "rope_parameters", "{\"rope_type\": \"llama3\", \"rope_theta\": 1e4}", "'rope_parameters.factor' is missing")]
    [InlineData("llama31", "num_key_value_heads", "3", "'num_key_value_heads' is 3")]
    [InlineData("gemma2", "layer_types", "[\"full_attention\"]", "'layer_types'")]
    [InlineData("gemma2", "layer_types", "[\"full_attention\",\"full_attention\",\"chunked_attention\",\"full_attention\"]", "'chunked_attention' is unknown")]
    [InlineData("gemma2", "use_bidirectional_attention", "true", "'use_bidirectional_attention' is true")]
    [InlineData("gemma2", "final_logit_softcapping", "-1", "'final_logit_softcapping' is -1")]
    public void Load_ConfigurationItCannotServe_IsRefusedByKeyAndValue(string family, string key, string value, string reason)
    {
        using var folder = Copy(family);
        var config = JsonNode.Parse(File.ReadAllText(folder.File("config.json")))!.AsObject();
        config[key] = JsonNode.Parse(value);
        File.WriteAllText(folder.File("config.json"), config.ToJsonString());
        var error = Assert.Throws<CheckpointException>(() => Decoder.Load(folder.Path, CPU, ScalarType.Float32));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_WeightsThatDoNotFit_AreNamed()
    {
        using var scope = NewDisposeScope();
        using var folder = Copy("mistral");
        using (var file = SafetensorsFile.Open(folder.File("model.safetensors")))
        {
            var tensors = file.Names.Where(name => name != "model.norm.weight").ToDictionary(name => name, name => file.Load(name));
            tensors["model.extra.weight"] = ones(3);
            SafetensorsFile.Write(folder.File("model.safetensors"), tensors);
        }

        var error = Assert.Throws<CheckpointException>(() => Decoder.Load(folder.Path, CPU, ScalarType.Float32));
        Assert.Contains("1 missing (model.norm.weight); 1 unexpected (model.extra.weight)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_IntegerWeights_AreRefused()
    {
        using var scope = NewDisposeScope();
        using var folder = Copy("mistral");
        using (var file = SafetensorsFile.Open(folder.File("model.safetensors")))
        {
            var tensors = file.Names.ToDictionary(name => name, name => file.Load(name));
            tensors["lm_head.weight"] = tensors["lm_head.weight"].to(ScalarType.Int8);
            SafetensorsFile.Write(folder.File("model.safetensors"), tensors);
        }

        var error = Assert.Throws<CheckpointException>(() => Decoder.Load(folder.Path, CPU, ScalarType.Float32));
        Assert.Equal("lm_head.weight", error.Tensor);
        Assert.Contains("I8", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NoFolder_IsRefusedByName()
    {
        using var folder = new TemporaryFolder();
        var error = Assert.Throws<CheckpointException>(() => Decoder.Load(folder.File("nothing"), CPU, ScalarType.Float32));
        Assert.Contains("config.json: the file is missing", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ScalarType.Float32, ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16, ScalarType.Float32)]
    [InlineData(ScalarType.Float16, ScalarType.BFloat16)]
    public void Load_TouchingEveryWeight_NeedsNoMoreMemoryThanTheWeights(ScalarType stored, ScalarType precision)
    {
        using var folder = new TemporaryFolder();
        // Large enough for the process's own unrest, some 20 MB, not to matter.
        var layers = precision == ScalarType.Float32 ? 6 : 12;
        var bytes = SyntheticModel.Write(folder.Path, SyntheticModel.Gpt2(layers, width: 1024, heads: 16, vocabulary: 20_000), stored)
            / stored.ElementSize() * precision.ElementSize();
        Assert.True(bytes > 300_000_000);
        // Code that runs for the first time is mapped and compiled too, which is not the weights' memory.
        using (var warm = new TemporaryFolder())
        {
            SyntheticModel.Write(warm.Path, SyntheticModel.Gpt2(layers: 1, width: 64, heads: 4, vocabulary: 500), stored);
            LoadAndTouch(warm.Path, precision).Dispose();
        }

        // what else the process does meanwhile (compiling, collecting) only ever adds: the smallest of a few tries is what loading needs
        var ratios = new List<double>();
        while (ratios.Count < 8 && (ratios.Count == 0 || ratios.Min() > 1.1))
            ratios.Add(PeakOfLoading(folder.Path, precision) / (double)bytes);

        Assert.InRange(ratios.Min(), 0.5, 1.1);
    }

    private static long PeakOfLoading(string folder, ScalarType precision)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        _ = TrimHeap(0); // what the writing of the file left would be used again and hide the reading
        File.WriteAllText("/proc/self/clear_refs", "5"); // VmHWM begins anew
        var before = Resident("VmRSS");
        using var decoder = LoadAndTouch(folder, precision);
        return Resident("VmHWM") - before;
    }

    private static Decoder LoadAndTouch(string folder, ScalarType precision)
    {
        var decoder = Decoder.Load(folder, CPU, precision);
        foreach (var parameter in decoder.Parameters.Values)
        {
            using var sum = parameter.sum();
        }

        return decoder;
    }

    private static long Resident(string key) =>
        1024 * long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith(key, StringComparison.Ordinal)).Split(' ')[^2], CultureInfo.InvariantCulture);

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int TrimHeap(nuint kept);

    private static TemporaryFolder Copy(string family)
    {
        var folder = new TemporaryFolder();
        foreach (var file in Directory.EnumerateFiles(DecoderFixture.ModelFolder(family)))
            File.Copy(file, folder.File(Path.GetFileName(file)));
        return folder;
    }
}

/// <summary>Runs alone: what other tests allocate would be counted.</summary>
[CollectionDefinition(nameof(MeasuresMemory), DisableParallelization = true)]
public sealed class MeasuresMemory;
