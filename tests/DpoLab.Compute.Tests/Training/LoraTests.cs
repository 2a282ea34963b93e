using System.Text.Json.Nodes;
using DpoLab.Compute.Generation;
using DpoLab.Compute.Models;
using DpoLab.Compute.Training;
using DpoLab.Compute.Verification;
using DpoLab.Contracts.Runs;
using DpoLab.Tests;
using static TorchSharp.torch;

namespace DpoLab.Compute.Tests.Training;

public sealed class LoraTests
{
    private static readonly DpoCase Fixture = DpoFixtures.Open("gpt2-lora");

    [Fact]
    public void Create_NewAdapters_LeaveTheDecoderAsItIsUntilTrained()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using Decoder model = Fixture.LoadModel();
        Tensor ids = arange(20, ScalarType.Int64).unsqueeze(0);
        Tensor plain = model.Forward(ids);

        using LoraAdapters adapters = LoraAdapters.Create(model, new LoraOptions(Rank: 4, Alpha: 8, Targets: ["c_attn", "c_proj"]), seed: 3);

        Assert.Equal(18, adapters.Parameters.Count);
        Assert.True(plain.Equals(model.Forward(ids)));
        foreach (Tensor parameter in adapters.Parameters.Values)
            parameter.add_(0.1);
        Assert.False(allclose(plain, model.Forward(ids)));
        adapters.Enabled = false;
        Assert.True(plain.Equals(model.Forward(ids)));
    }

    [Fact]
    public void Save_ThenLoad_GivesTheSameAdaptersAndPeftsFields()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using Decoder model = Fixture.LoadModel();
        using (LoraAdapters read = LoraFolder.Load(model, Repository.Fixture("dpo", "gpt2-lora", "adapter_final")))
            LoraFolder.Save(read, folder.Path, "base");

        using LoraAdapters again = LoraFolder.Load(model, folder.Path);

        using var expected = Fixture.Tensors("adapter_final", "adapter_model.safetensors");
        Assert.Equal(expected.Names.Order(StringComparer.Ordinal), again.Parameters.Keys.Order(StringComparer.Ordinal));
        Assert.All(again.Parameters, p => Assert.True(p.Value.Equals(expected.Load(p.Key))));
        JsonNode ours = JsonNode.Parse(File.ReadAllText(folder.File("adapter_config.json")))!;
        JsonNode pefts = JsonNode.Parse(File.ReadAllText(Repository.Fixture("dpo", "gpt2-lora", "adapter_final", "adapter_config.json")))!;
        Assert.All(ours.AsObject(), field => Assert.True(JsonNode.DeepEquals(field.Value, pefts[field.Key]), field.Key));
    }

    [Fact]
    public void SaveMerged_TrainedAdapters_IsAFolderThatComputesTheSame()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var folder = new TemporaryFolder();
        using Decoder model = Fixture.LoadModel();
        using LoraAdapters adapters = LoraFolder.Load(model, Repository.Fixture("dpo", "gpt2-lora", "adapter_final"));
        Tensor ids = arange(20, ScalarType.Int64).unsqueeze(0);
        adapters.SaveMerged(folder.Path);

        using Decoder merged = Decoder.Load(folder.Path, CPU, ScalarType.Float32);

        Assert.True(allclose(model.Forward(ids), merged.Forward(ids), rtol: 0, atol: 1e-5));
    }

    [Fact]
    public void Create_TargetThatNamesNothing_IsRefusedWithWhatThereIs()
    {
        using Decoder model = Fixture.LoadModel();

        var error = Assert.Throws<TrainingException>(() => LoraAdapters.Create(model, new LoraOptions(Targets: ["q_proj"]), seed: 0));

        Assert.Contains("'q_proj'", error.Message, StringComparison.Ordinal);
        Assert.Contains("c_attn", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_DoraAdapter_IsRefusedByTheSettingsName()
    {
        using var folder = new TemporaryFolder();
        using Decoder model = Fixture.LoadModel();
        JsonNode config = JsonNode.Parse(File.ReadAllText(Repository.Fixture("dpo", "gpt2-lora", "adapter_final", "adapter_config.json")))!;
        config["use_dora"] = true;
        File.WriteAllText(folder.File("adapter_config.json"), config.ToJsonString());

        var error = Assert.Throws<TrainingException>(() => LoraFolder.Load(model, folder.Path));

        Assert.Contains("use_dora", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_AdaptersWithDivergence_TrainsThemAloneAgainstTheirOffState()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using Decoder policy = Fixture.LoadModel();
        using Decoder untouched = Fixture.LoadModel();
        using LoraAdapters adapters = LoraAdapters.Create(policy, new LoraOptions(Rank: 4, Alpha: 8), seed: 1);
        var options = new DpoOptions
        {
            Steps = 6,
            WarmupSteps = 0,
            Gamma = 0.05,
            ValidationPairs = 8,
            ValidateEvery = 12,
            Optimizer = new OptimizerOptions { LearningRate = 1e-3 },
        };
        var observer = new RecordingObserver();
        var subject = new TrainingSubject
        {
            Policy = policy,
            Pairs = Fixture.Pairs,
            Lora = adapters,
            Answer = prompts => TextGenerator.GenerateAll(
                policy, prompts, new GenerationOptions { NewTokens = 6 }, cancellationToken: TestContext.Current.CancellationToken),
        };

        TrainingOutcome outcome = new DpoTraining(subject, options, new TrainingCheckpoints(folder.Path), observer)
            .Run(TestContext.Current.CancellationToken);

        Assert.Equal(0, outcome.Start.Divergence!.Value, 1e-6);
        Assert.True(outcome.Last.Divergence > 1e-6);
        Assert.All(policy.Parameters, p => Assert.True(p.Value.Equals(untouched.Parameters[p.Key]), p.Key));
        Assert.Equal(2, observer.Answers.Count);
        Assert.Equal(8, observer.Answers[0].Answers.Count);
        Assert.All(observer.Answers[0].Answers, a => Assert.Equal(Fixture.Pairs[a.Pair].Prompt, a.Prompt));
    }
}
