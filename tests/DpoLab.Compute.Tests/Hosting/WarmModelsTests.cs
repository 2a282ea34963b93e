using System.Buffers.Binary;
using System.Diagnostics;
using System.Text.Json;
using DpoLab.Compute.Runs;
using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Playground;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Tests;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using static TorchSharp.torch;

namespace DpoLab.Compute.Tests.Hosting;

/// <summary>The process that keeps models loaded: a real one, of a real service, over the demo's model.</summary>
public sealed class WarmModelsTests : IDisposable
{
    private const string Prompt = "You have to be kidding me, you";
    private const int Long = 110;

    private readonly TemporaryFolder data = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => data.Dispose();

    [Fact]
    public async Task Play_Greedy_StreamsTheTokensThatTheModelGenerates()
    {
        await using var service = await StartAsync();
        var events = await AskAsync(service, Answer(12));

        var tokens = events.OfType<TokenEvent>().Where(t => t.Column == "base").ToList();
        var ended = events.OfType<ColumnEndedEvent>().Single(e => e.Column == "base");
        Assert.Equal(Expected(12), tokens.Select(t => t.Id));
        Assert.Equal(ended.Text, string.Concat(tokens.Select(t => t.Text)));
        Assert.All(tokens, token => Assert.Equal((token.Id, token.Probability), (token.Top[0].Id, token.Top[0].Probability)));
        Assert.InRange(ended.Toxicity!.Value, 0, 1);
        // the perplexity of a greedy answer under the model that gave it, from the told probabilities
        Assert.Equal(Math.Exp(-tokens.Average(t => Math.Log(t.Probability))), ended.Perplexity!.Value, ended.Perplexity.Value * 1e-3);
        Assert.IsType<QuestionEndedEvent>(events[^1]);
    }

    [Fact]
    public async Task Play_Interventions_FireOrHaveNoEffectAndLeaveTheModelAsItWas()
    {
        await using var service = await StartAsync();
        var columns = new PlaygroundColumn[]
        {
            new("ablated", Intervention: new ScaleIntervention { Factor = 0, Neurons = new TopToxicSelection(400) }),
            new("nothing", Intervention: new SteerIntervention { Strength = 0, Direction = InputRef.OfArtifact("r-direction", Artifacts.Direction) }),
            new("base"),
        };
        var events = await AskAsync(service, Answer(8) with { Columns = columns });

        var ended = events.OfType<ColumnEndedEvent>().ToDictionary(e => e.Column);
        Assert.Equal(VerdictKind.Fired, ended["ablated"].Verdict.Kind);
        Assert.Equal(VerdictKind.NoEffect, ended["nothing"].Verdict.Kind);
        Assert.Equal(VerdictKind.Plain, ended["base"].Verdict.Kind);
        Assert.Equal(ended["base"].Text, ended["nothing"].Text);
        Assert.Equal(Expected(8), events.OfType<TokenEvent>().Where(t => t.Column == "base").Select(t => t.Id));
    }

    [Fact]
    public async Task Play_NeuronsAblated_AnswersAsAModelWithoutTheirValueVectors()
    {
        const string oneToken = "You"; // its last token is its first: an ablation acts everywhere, as a weight of 0 does
        NeuronIndex[] neurons = [.. Enumerable.Range(0, 50).Select(i => new NeuronIndex(5, i))];
        await using var service = await StartAsync();
        var ablated = new PlaygroundColumn("ablated", Intervention: new ScaleIntervention { Factor = 0, Neurons = new ListSelection(neurons) });
        var events = await AskAsync(service, Answer(12) with { Prompt = oneToken, Columns = [new PlaygroundColumn("base"), ablated] });
        var tokens = events.OfType<TokenEvent>().ToLookup(t => t.Column);

        using var without = LoadedModel.Load(WithoutValueVectors(neurons), CPU, ScalarType.Float32);
        int[] prompt = without.Tokenizer.EncodeCut(oneToken, 32);
        Assert.Single(prompt);
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        float[] expected = without.Decoder.Forward(tensor(Array.ConvertAll(prompt, id => (long)id)).unsqueeze(0)).select(1, -1).squeeze(0).softmax(-1).data<float>().ToArray();
        Assert.Equal(without.Answer([prompt], without.Greedy(12), 1, cancellation: Stop)[0], tokens["ablated"].Select(t => t.Id));
        Assert.All(tokens["ablated"].First().Top, next => Assert.Equal(expected[next.Id], next.Probability, 5e-6));
        Assert.Contains(tokens["base"].First().Top, next => Math.Abs(expected[next.Id] - next.Probability) > 1e-4);
    }

    [Fact]
    public async Task Play_SampledWithASeed_SaysTheSameAgain()
    {
        await using var service = await StartAsync();
        var sampled = Answer(16) with { Temperature = 1, TopP = 0.9, Seed = 7 };
        string once = Text(await AskAsync(service, sampled));
        string again = Text(await AskAsync(service, sampled));
        string other = Text(await AskAsync(service, sampled with { Seed = 8 }));

        Assert.Equal(once, again);
        Assert.NotEqual(once, other);
    }

    [Fact]
    public async Task Play_StreamEnded_StopsAtOnceAndStaysLoaded()
    {
        await using var service = await StartAsync();
        using (var left = CancellationTokenSource.CreateLinkedTokenSource(Stop))
        {
            await foreach (var batch in StreamAsync(service, LongAnswer, left.Token))
            {
                if (batch.OfType<TokenEvent>().Any())
                    break;
            }

            await left.CancelAsync();
        }

        var clock = Stopwatch.StartNew();
        var events = await AskAsync(service, Answer(4));

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), $"the next answer took {clock.Elapsed}: the one before it went on");
        Assert.DoesNotContain(events, e => e is LoadingEvent);
        Assert.Single(Children(service));
    }

    [Fact]
    public async Task Play_SecondPerson_SeesItsPlaceAndComesNext()
    {
        await using var service = await StartAsync();
        await using var second = ServiceProcess.Connect(service.Address, ServiceProcess.Token);
        await second.StartAsync(Stop);
        using var left = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        await using var first = StreamAsync(service, LongAnswer, left.Token).GetAsyncEnumerator(left.Token);
        Assert.True(await first.MoveNextAsync());

        var events = new List<PlaygroundEvent>();
        await foreach (var batch in second.StreamAsync<IReadOnlyList<PlaygroundEvent>>(nameof(IComputeHub.PlayAsync), Question(Answer(4)), Stop))
        {
            events.AddRange(batch);
            if (batch.OfType<WaitingEvent>().Any())
                await left.CancelAsync(); // the first person leaves
        }

        Assert.Equal(new WaitingEvent(1, 1), events[0]);
        Assert.IsType<QuestionEndedEvent>(events[^1]);
    }

    [Fact]
    public async Task Play_ProcessCrashes_SaysSoAndAFreshOneAnswers()
    {
        await using var service = await StartAsync();
        bool killed = false;
        var error = await Assert.ThrowsAsync<HubException>(async () =>
        {
            await foreach (var batch in StreamAsync(service, LongAnswer, Stop))
            {
                if (!killed && (killed = batch.OfType<TokenEvent>().Any()))
                    Process.GetProcessById(Children(service).Single()).Kill();
            }
        });

        Assert.Contains("was killed (signal 9)", error.Message, StringComparison.Ordinal);
        Assert.Contains("a fresh one starts", error.Message, StringComparison.Ordinal);
        Assert.Equal(Expected(4), (await AskAsync(service, Answer(4))).OfType<TokenEvent>().Select(t => t.Id));
    }

    [Fact]
    public async Task Play_ProcessDiedWhileNobodyAsked_AFreshOneAnswers()
    {
        await using var service = await StartAsync();
        await AskAsync(service, Answer(2));
        int idle = Children(service).Single();
        Process.GetProcessById(idle).Kill();
        await ServiceProcess.WaitForAsync(() => !Children(service).Contains(idle), "the process is gone", Stop);

        Assert.Equal(Expected(4), (await AskAsync(service, Answer(4))).OfType<TokenEvent>().Select(t => t.Id));
    }

    [Fact]
    public async Task Play_RunNeedsTheDevice_GivesItUpAndAnswersAfterwards()
    {
        await using var service = await StartAsync();
        var events = new List<PlaygroundEvent>();
        bool submitted = false;
        await foreach (var batch in StreamAsync(service, LongAnswer, Stop))
        {
            events.AddRange(batch);
            if (submitted || !batch.OfType<TokenEvent>().Any())
                continue;
            submitted = true;
            await service.SubmitAsync(Specs.Direction("r-needs-it"), 1, Stop);
        }

        int waited = events.FindIndex(e => e is WaitingEvent { Run: "r-needs-it" });
        Assert.True(waited > 0, "the question did not wait for the run");
        Assert.IsType<FinishedEvent>((await service.FollowAsync("r-needs-it", 0, Stop))[^1]);
        Assert.Equal(Expected(Long), events.Skip(waited).OfType<TokenEvent>().Where(t => t.Column == "base").Select(t => t.Id));
    }

    [Fact]
    public async Task Play_Lens_ReadsBothModelsAndRefusesWhatIsNoToken()
    {
        await using var service = await StartAsync();
        var task = new LensTask { Prompt = Prompt, Tokens = [" the"] };
        var report = (await AskAsync(service, task)).OfType<LensEvent>().Single().Report;
        var error = await Assert.ThrowsAsync<HubException>(() => AskAsync(service, task with { Tokens = [" the quick"] }));

        Assert.Equal(2 * report.Layers, report.Base.Count);
        // the tuned model is the base model here
        Assert.Equal(report.Base.Select(p => p.Probabilities[0].Mean), report.Tuned.Select(p => p.Probabilities[0].Mean));
        Assert.Equal(Expected(1)[0], report.Base[^1].Top[0].Id);
        Assert.Contains("follows single ones", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Play_LivePatchOfTheBaseByItself_IsRefusedAsTheRunIs()
    {
        await using var service = await StartAsync();
        var selection = new TopToxicSelection(5);
        var error = await Assert.ThrowsAsync<HubException>(() => AskAsync(
            service, Answer(2) with { Columns = [new("live", Intervention: new DynamicPatchIntervention { Tuned = Specs.Model, Neurons = selection })] }));
        var run = new DynamicPatchParameters { Model = Specs.Model, Tuned = Specs.Model, Counts = [], Sets = [selection], Data = new EvaluationData { Prompts = Specs.Pairs, Scorer = Specs.Model } };

        Assert.Contains(run.Validate().Single(e => e.Field == "tuned").Message, error.Message, StringComparison.Ordinal);
    }

    /// <summary>The demo's model with rows of its output projections set to 0 in the file of its weights.</summary>
    private string WithoutValueVectors(NeuronIndex[] neurons)
    {
        string folder = data.Combine("without");
        Directory.CreateDirectory(folder);
        foreach (string file in Directory.EnumerateFiles(Repository.Demo("base-model")))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        string weights = Path.Combine(folder, "model.safetensors");
        byte[] bytes = File.ReadAllBytes(weights);
        int header = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        using var names = JsonDocument.Parse(bytes.AsMemory(sizeof(long), header));
        foreach (var neuron in neurons)
        {
            var tensor = names.RootElement.GetProperty($"transformer.h.{neuron.Layer}.mlp.c_proj.weight");
            Assert.Equal("F16", tensor.GetProperty("dtype").GetString());
            int row = tensor.GetProperty("shape")[1].GetInt32() * 2;
            bytes.AsSpan(sizeof(long) + header + tensor.GetProperty("data_offsets")[0].GetInt32() + (neuron.Neuron * row), row).Clear();
        }

        File.WriteAllBytes(weights, bytes);
        return folder;
    }

    private static string Text(List<PlaygroundEvent> events) => events.OfType<ColumnEndedEvent>().Single().Text;

    private static AnswerTask Answer(int tokens) => new()
    {
        Prompt = Prompt,
        Columns = [new PlaygroundColumn("base")],
        NewTokens = tokens,
        Scorer = InputRef.OfPath(Repository.Demo("scorer")),
    };

    /// <summary>Some seconds of work.</summary>
    private static AnswerTask LongAnswer => Answer(Long) with
    {
        Columns = [new PlaygroundColumn("base"), .. Enumerable.Range(1, 3).Select(i => new PlaygroundColumn($"ablated {i}", Intervention: new ScaleIntervention { Neurons = new TopToxicSelection(50 * i) }))],
    };

    private static PlaygroundQuestion Question(PlaygroundTask task) => new() { RunId = "r-neurons", Task = task };

    private static IAsyncEnumerable<IReadOnlyList<PlaygroundEvent>> StreamAsync(ServiceProcess service, PlaygroundTask task, CancellationToken cancellation) =>
        service.Hub.StreamAsync<IReadOnlyList<PlaygroundEvent>>(nameof(IComputeHub.PlayAsync), Question(task), cancellation);

    private static async Task<List<PlaygroundEvent>> AskAsync(ServiceProcess service, PlaygroundTask task)
    {
        var events = new List<PlaygroundEvent>();
        await foreach (var batch in StreamAsync(service, task, Stop))
            events.AddRange(batch);
        return events;
    }

    /// <summary>The greedy answer as the generator gives it.</summary>
    private static int[] Expected(int tokens)
    {
        using var model = LoadedModel.Load(Repository.Demo("base-model"), CPU, ScalarType.Float32);
        return model.Answer([model.Tokenizer.EncodeCut(Prompt, 32)], model.Greedy(tokens), 1, cancellation: Stop)[0];
    }

    private static int[] Children(ServiceProcess service) =>
    [
        .. Directory.EnumerateDirectories($"/proc/{service.Id}/task")
            .SelectMany(thread => File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)),
    ];

    private async Task<ServiceProcess> StartAsync()
    {
        var service = await ServiceProcess.StartAsync(data.FullPath, Stop);
        await service.SucceedAsync(Specs.Direction("r-direction"), Stop);
        var neurons = new NeuronsParameters
        {
            Base = Specs.Model,
            Tuned = Specs.Model,
            Direction = InputRef.OfArtifact("r-direction", Artifacts.Direction),
            Prompts = new DatasetRef(InputRef.OfPath(Repository.Demo("challenge-prompts.jsonl")), Limit: 4),
            NewTokens = 2,
        };
        await service.SucceedAsync(Specs.Of("r-neurons", neurons), Stop);
        return service;
    }
}
