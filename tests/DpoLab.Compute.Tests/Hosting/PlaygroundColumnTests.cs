using System.Security.Cryptography;
using DpoLab.Compute.Checkpoints;
using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Playground;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Tests;
using Microsoft.AspNetCore.SignalR.Client;
using static TorchSharp.torch;

namespace DpoLab.Compute.Tests.Hosting;

/// <summary>The Playground's columns write what runs of the same interventions write, prompt by prompt, from a real service's warm process.</summary>
public sealed class PlaygroundColumnTests : IDisposable
{
    private const int NewTokens = 10;

    private static readonly InputRef Tuned = InputRef.OfArtifact("r-dpo", Artifacts.LastModel);
    private static readonly InputRef Statistics = InputRef.OfArtifact("r-neurons", Artifacts.Neurons);
    private static readonly NeuronSelection Groups = new GroupSelection([NeuronGroup.Tp, NeuronGroup.An, NeuronGroup.Tn, NeuronGroup.Ap]);

    private readonly TemporaryFolder data = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static EvaluationData Measured => new()
    {
        Prompts = new DatasetRef(InputRef.OfPath(Repository.Demo("challenge-prompts.jsonl")), Limit: 4),
        NewTokens = NewTokens,
        Scorer = InputRef.OfPath(Repository.Demo("scorer")),
        BootstrapResamples = 100,
    };

    public void Dispose() => data.Dispose();

    [Fact]
    public async Task Play_PatchedLiveAndAblated_WriteWhatTheRunsWrite()
    {
        await using var service = await StartAsync();
        var set = new SetSelection(await UploadSetAsync(service));
        var live = new DynamicPatchParameters
        {
            Model = Specs.Model,
            Tuned = Tuned,
            Neurons = Statistics,
            Counts = [],
            Sets = [Groups, set],
            Half = PromptHalf.All,
            Data = Measured,
        };
        var ablated = new EvaluateParameters
        {
            Model = Specs.Model,
            Neurons = Statistics,
            Variants =
            [
                new() { Name = "top", Intervention = new ScaleIntervention { Neurons = new TopToxicSelection(400, PositiveOnly: true) } },
                new() { Name = "set", Intervention = new ScaleIntervention { Neurons = set } },
            ],
            Half = PromptHalf.All,
            Data = Measured,
        };
        var texts = await TextsAsync(service, live, ablated);

        string[] variants = [.. live.Variants().Skip(2).Select(v => v.Name), "top", "set"];
        PlaygroundColumn[] columns = [.. live.Variants().Skip(2).Concat(ablated.Variants).Select(v => new PlaygroundColumn(v.Name, Intervention: v.Intervention))];
        foreach (string prompt in texts.Select(text => text.PromptText).Distinct())
        {
            var ended = await AskAsync(service, prompt, columns);
            Assert.Equal(
                variants.Select(v => texts.Single(text => text.Variant == v && text.PromptText == prompt).Continuation), ended.Select(column => column.Text));
            Assert.All(ended, column => Assert.Equal(VerdictKind.Fired, column.Verdict.Kind));
        }

        // the columns did something: each row's texts differ from the base model's
        string[] plain = [.. Of(EvaluationBaseline.Base)];
        Assert.All(variants, variant => Assert.NotEqual(plain, Of(variant)));

        IEnumerable<string> Of(string variant) => texts.Where(text => text.Variant == variant).OrderBy(text => text.Prompt).Select(text => text.Continuation);
    }

    /// <summary>The texts of two runs.</summary>
    private static async Task<List<GenerationRecord>> TextsAsync(ServiceProcess service, DynamicPatchParameters live, EvaluateParameters ablated)
    {
        var events = new List<RunEvent>();
        events.AddRange(await service.SucceedAsync(Specs.Of("r-live", live), Stop));
        events.AddRange(await service.SucceedAsync(Specs.Of("r-ablated", ablated), Stop));
        return [.. events.OfType<TextsEvent>().SelectMany(e => e.Texts)];
    }

    private static async Task<List<ColumnEndedEvent>> AskAsync(ServiceProcess service, string prompt, PlaygroundColumn[] columns)
    {
        var question = new PlaygroundQuestion { RunId = "r-neurons", Task = new AnswerTask { Prompt = prompt, Columns = columns, NewTokens = NewTokens } };
        var ended = new List<ColumnEndedEvent>();
        await foreach (var batch in service.Hub.StreamAsync<IReadOnlyList<PlaygroundEvent>>(nameof(IComputeHub.PlayAsync), question, Stop))
            ended.AddRange(batch.OfType<ColumnEndedEvent>());
        return ended;
    }

    /// <summary>A third of the neurons of the demo's model, as the lab sends a set.</summary>
    private async Task<InputRef> UploadSetAsync(ServiceProcess service)
    {
        string path = data.Combine("third.safetensors");
        using (NewDisposeScope())
        {
            SafetensorsFile.Write(
                path,
                new Dictionary<string, Tensor> { [NeuronSetArrays.Neurons] = tensor(Enumerable.Range(0, 6 * 768).Where(i => i % 3 == 0).ToArray()) },
                new Dictionary<string, string> { [NeuronArrays.Layers] = "6", [NeuronArrays.NeuronsPerLayer] = "768" });
        }

        byte[] bytes = await File.ReadAllBytesAsync(path, Stop);
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
        using var content = new ByteArrayContent(bytes);
        (await service.Http.PutAsync(ComputeEndpoints.Upload(sha256), content, Stop)).EnsureSuccessStatusCode();
        return InputRef.OfUpload(sha256, "a third");
    }

    private async Task<ServiceProcess> StartAsync()
    {
        var service = await ServiceProcess.StartAsync(data.FullPath, Stop);
        await service.SucceedAsync(Specs.Direction("r-direction"), Stop);
        // a rate at which so few steps change the texts
        await service.SucceedAsync(Specs.Of("r-dpo", Specs.DpoParameters(steps: 12) with { LearningRate = 1e-3, WarmupSteps = 1 }), Stop);
        await service.SucceedAsync(
            Specs.Of("r-neurons", new NeuronsParameters
            {
                Base = Specs.Model,
                Tuned = Tuned,
                Direction = InputRef.OfArtifact("r-direction", Artifacts.Direction),
                Prompts = Measured.Prompts,
                NewTokens = 5,
            }),
            Stop);
        return service;
    }
}
