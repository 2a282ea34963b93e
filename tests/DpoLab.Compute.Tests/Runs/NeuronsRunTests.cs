using DpoLab.Compute.Data;
using DpoLab.Compute.Directions;
using DpoLab.Compute.Models;
using DpoLab.Compute.Neurons;
using DpoLab.Compute.Tests.Hosting;
using DpoLab.Compute.Tokenization;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Tests;
using static TorchSharp.torch;

namespace DpoLab.Compute.Tests.Runs;

/// <summary>Whole runs of directions and neuron statistics: what is read, and what the published protocol changes.</summary>
public sealed class NeuronsRunTests : IDisposable
{
    private const int Prompts = 8;
    private const int NewTokens = 6;

    private readonly RunFolder runs = new();

    public NeuronsRunTests() => runs.Run<DirectionResult>("r-direction", Specs.Direction("r-direction").Parameters);

    public void Dispose() => runs.Dispose();

    [Fact]
    public void Run_TunedEqualsBase_ReadsTheBasesAnswersAsItsOwn()
    {
        var own = runs.Run<NeuronsResult>("r-own", Parameters());
        var forced = runs.Run<NeuronsResult>("r-forced", Parameters() with { Reading = NeuronReading.BaseAnswers });

        Assert.Equal(own.BaseTokens, forced.BaseTokens);
        Assert.Equal(own.BaseTokens, forced.TunedTokens);
        Assert.Equal(0, forced.TotalReduction);
        Assert.Equal(NeuronReading.BaseAnswers, forced.Reading);
        Assert.InRange(forced.ProjectionCheck, 0, 1e-3);
        double[] before = Statistics("r-own").ActivationBefore;
        double[] again = Statistics("r-forced").ActivationBefore;
        Assert.Equal(0, before.Zip(again, (a, b) => Math.Abs(a - b)).Max(), 1e-5);
    }

    [Theory]
    [InlineData(Protocol.Corrected)]
    [InlineData(Protocol.Published)]
    public void Run_Continuations_CountsTheGoldTokensAlone(Protocol protocol)
    {
        var result = runs.Run<NeuronsResult>("r-gold", Parameters() with
        {
            Protocol = protocol,
            Prompts = null,
            Reading = NeuronReading.Continuations,
            Continuations = new DatasetRef(InputRef.OfPath(Repository.Demo("continuations.jsonl")), Limit: 10),
        });

        var tokenizer = Tokenizer.Load(Repository.Demo("base-model"));
        int expected = Datasets.Continuations(new DatasetFile(Repository.Demo("continuations.jsonl")), TestContext.Current.CancellationToken)
            .Take(10).Sum(c => Math.Min(NewTokens, tokenizer.Encode(c.Gold, specialTokens: false).Length));
        Assert.Equal(expected, result.BaseTokens);
        Assert.Equal(expected, result.TunedTokens);
        Assert.Equal(10, result.Prompts);
    }

    [Fact]
    public void Run_Text_ReadsItInPieces()
    {
        File.WriteAllText(runs.File("text.txt"), File.ReadAllText(Repository.Demo("text.txt"))[..3000]);
        var result = runs.Run<NeuronsResult>("r-text", Parameters() with
        {
            Prompts = null,
            Reading = NeuronReading.Text,
            Text = new DatasetRef(InputRef.OfPath(runs.File("text.txt"))),
        });

        int tokens = Tokenizer.Load(Repository.Demo("base-model")).Encode(File.ReadAllText(runs.File("text.txt")), specialTokens: false).Length;
        Assert.Equal(tokens / (32 + NewTokens), result.Prompts);
        Assert.Equal((long)result.Prompts * NewTokens, result.BaseTokens);
    }

    [Fact]
    public void Run_ReadingWithoutItsTexts_IsRefusedByField() =>
        Assert.Contains("continuations: ", runs.Fail("r-none", Parameters() with { Reading = NeuronReading.Continuations }), StringComparison.Ordinal);

    [Fact]
    public void Run_Published_CountsEveryNewTokenAtItsOwnPosition()
    {
        var corrected = runs.Run<NeuronsResult>("r-corrected", Parameters());
        var published = runs.Run<NeuronsResult>("r-published", Parameters() with { Protocol = Protocol.Published });

        Assert.Equal(Prompts * NewTokens, published.BaseTokens);
        Assert.True(corrected.BaseTokens <= published.BaseTokens);
        Assert.True(Statistics("r-corrected").ActivationBefore.Zip(Statistics("r-published").ActivationBefore, (a, b) => Math.Abs(a - b)).Max() > 1e-3);
    }

    [Fact]
    public void Run_PublishedDirection_ReadsPaddingBehindTheFinalNorm()
    {
        var parameters = new DirectionParameters
        {
            Model = Specs.Model,
            Method = DirectionMethod.MeanDifference,
            Comments = new DatasetRef(InputRef.OfPath(Repository.Demo("comments.csv")), Limit: 60),
        };
        runs.Run<DirectionResult>("r-corrected", parameters);

        var result = runs.Run<DirectionResult>(
            "r-published", parameters with { Protocol = Protocol.Published, CompareWith = InputRef.OfArtifact("r-corrected", Artifacts.Direction) });

        using var none = no_grad();
        using var model = Decoder.Load(Repository.Demo("base-model"), CPU, ScalarType.Float32);
        var tokenizer = Tokenizer.Load(Repository.Demo("base-model"));
        Comment[] comments = [.. Datasets.Comments(new DatasetFile(Repository.Demo("comments.csv")), TestContext.Current.CancellationToken).Take(60)];
        int[][] texts = [.. comments.Select(c => tokenizer.EncodeCut(c.Text, 128))];
        var features = PublishedTextFeatures.Mean(model, texts, 128, 64, progress: null, TestContext.Current.CancellationToken);
        double[] expected = Differences.OfMeans(features, [.. comments.Select(c => c.IsToxic)]);
        double[] published = Vector("r-published");
        Assert.Equal(0, expected.Zip(published, (a, b) => Math.Abs(a - b)).Max(), 1e-5);
        double[] corrected = Vector("r-corrected");
        double cosine = corrected.Zip(published, (a, b) => a * b).Sum() / Math.Sqrt(corrected.Sum(a => a * a) * published.Sum(b => b * b));
        Assert.Equal(cosine, result.Cosine!.Value, 1e-12);
        Assert.InRange(cosine, -1, .99);

        double[] Vector(string run) => DirectionFile.Read(runs.Artifact(run, Artifacts.Direction), result.Width).Vector;
    }

    private NeuronStatistics Statistics(string run) => NeuronStatisticsFile.Read(runs.Artifact(run, Artifacts.Neurons));

    private static NeuronsParameters Parameters() => new()
    {
        Base = Specs.Model,
        Tuned = Specs.Model,
        Direction = InputRef.OfArtifact("r-direction", Artifacts.Direction),
        Prompts = new DatasetRef(InputRef.OfPath(Repository.Demo("challenge-prompts.jsonl")), Limit: Prompts),
        NewTokens = NewTokens,
    };
}
