using System.Diagnostics;
using System.Text.Json;
using DpoLab.Compute.Checkpoints;
using DpoLab.Compute.Models;
using DpoLab.Compute.Runs;
using DpoLab.Compute.Tests.Models;
using DpoLab.Compute.Verification;
using DpoLab.Tests;
using static TorchSharp.torch;

namespace DpoLab.Compute.Tests.Verification;

/// <summary>Exported values: those of <c>tests/fixtures/decoders</c>, which transformers computed, in the layout that the export script writes.</summary>
public sealed class ModelComparisonTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Families => DecoderFixture.Families;

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Families))]
    public void Of_ValuesOfTransformers_Agrees(string family)
    {
        Export(family);

        var comparisons = Compare(family);

        Assert.Equal(2 + (2 * 2), comparisons.Count); // logits, two layers at two points, greedy
        Assert.All(comparisons, c => Assert.True(c.IsRight, $"{c.What}: {c.Largest}"));
    }

    [Theory]
    [InlineData("3.logits", "logits")]
    [InlineData("0.mlp_post.0", "mlp_post.0")]
    public void Of_ValueThatDiffers_FailsThatLineAlone(string tensor, string what)
    {
        Export("gpt2", tensors => tensors[tensor][0, 5].add_(0.01));

        Assert.Equal([what], Compare("gpt2").Where(c => !c.IsRight).Select(c => c.What));
    }

    [Fact]
    public void Of_ValueThatIsNotANumber_Fails()
    {
        Export("gpt2", tensors => tensors["1.resid_post.0"][0, 0].fill_(float.NaN));

        Assert.Equal("resid_post.0", Assert.Single(Compare("gpt2"), c => !c.IsRight).What);
    }

    [Fact]
    public void Of_LayersThatTheModelLacks_SaysSo()
    {
        Export("gpt2", layers: [0, 99]);

        Assert.Contains("layers 0, 99", Assert.Throws<InputException>(() => Compare("gpt2")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"format":"something-else"}""", "the format is 'something-else'")]
    [InlineData("""{"format":"dpolab-values-1","texts":[]}""", "holds no text")]
    [InlineData("""{"format":"dpolab-values-1","texts":[{"ids":[1],"greedy":[]}]}""", "smallest_margin")]
    [InlineData("""{"format":"dpolab-values-1","texts":[{"ids":"abc"}]}""", "values.json")]
    [InlineData("[", "is no valid JSON")]
    public void Open_OtherContent_SaysWhatIsWrong(string json, string expected)
    {
        folder.Write("values.json", json);

        Assert.Contains(expected, Assert.Throws<InputException>(() => ExportedValues.Open(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_EmptyFolder_SaysWhatToGive() =>
        Assert.Contains("the export script wrote", Assert.Throws<InputException>(() => ExportedValues.Open(folder.Path)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Script_Digest_IsTheLabs()
    {
        const string Python = "/usr/bin/python3";
        Assert.SkipUnless(File.Exists(Python), "There is no Python here.");
        folder.Copy(Repository.Fixture("decoders", "llama31", "model"), "model");
        folder.Write("model/README.txt", "not the model"u8.ToArray());
        folder.Write("model/.cache/notes.json", "not the model"u8.ToArray());
        folder.Write("model/onnx/model.bin", "not the model"u8.ToArray());
        string script = Path.Combine(Repository.Root, "wwwroot", "scripts", "export_values.py");
        using var process = Process.Start(new ProcessStartInfo(Python, ["-c", $"import runpy; print(runpy.run_path('{script}')['digest']('{folder.File("model")}'))"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;

        string digest = (await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).Trim();

        Assert.Equal(ContentDigest.OfFolder(folder.File("model"), ModelFiles.Count, TestContext.Current.CancellationToken).Sha256, digest);
    }

    private List<Comparison> Compare(string family)
    {
        using var values = ExportedValues.Open(folder.Path);
        using var decoder = Decoder.Load(DecoderFixture.ModelFolder(family), CPU, ScalarType.Float32);
        return [.. ModelComparison.Of(decoder, tokenizer: null, values, TestContext.Current.CancellationToken)];
    }

    /// <summary>The left-padded sequences of a decoder fixture without their padding, its first and last layer, its greedy tokens.</summary>
    private void Export(string family, Action<Dictionary<string, Tensor>>? change = null, int[]? layers = null)
    {
        using var scope = NewDisposeScope();
        using var fixture = new DecoderFixture(family);
        Tensor ids = fixture.Expected("left.input_ids"), mask = fixture.Expected("left.attention_mask"), greedy = fixture.Expected("left.generated");
        int[] kept = [0, fixture.Decoder.Configuration.Layers - 1];
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        var texts = new List<object>();
        for (int row = 0; row < ids.shape[0]; row++)
        {
            long length = mask[row].sum().item<long>(), start = ids.shape[1] - length;
            tensors[$"{row}.logits"] = Cut(fixture.Expected("left.logits")[row], Math.Max(start, ids.shape[1] - 4));
            foreach (string what in kept.SelectMany(layer => new[] { $"resid_post.{layer}", $"mlp_post.{layer}" }))
                tensors[$"{row}.{what}"] = Cut(fixture.Expected($"left.{what}")[row], start);
            texts.Add(new { ids = Cut(ids[row], start).data<long>().ToArray(), greedy = greedy[row].data<long>().ToArray(), smallest_margin = 1.0 });
        }

        change?.Invoke(tensors);
        SafetensorsFile.Write(folder.File("values.safetensors"), tensors);
        folder.Write("values.json", JsonSerializer.SerializeToUtf8Bytes(new
        {
            format = ExportedValues.Format,
            model_sha256 = new string('0', 64),
            dtype = "float32",
            device = "cpu",
            versions = new { transformers = "5.24.0", torch = "2.15.0" },
            layers = layers ?? kept,
            texts,
        }));
    }

    private static Tensor Cut(Tensor of, long start) => of.narrow(0, start, of.shape[0] - start).clone();
}
