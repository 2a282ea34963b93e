using System.Text.Json;
using DpoLab.Compute.Data;
using DpoLab.Compute.Directions;
using DpoLab.Compute.Evaluation;
using DpoLab.Compute.Interventions;
using DpoLab.Compute.Models;
using DpoLab.Compute.Neurons;
using DpoLab.Compute.Toxicity;
using DpoLab.Compute.Training;
using DpoLab.Contracts;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Runs;

/// <summary>What evaluations, sweeps, dynamic patches and attacks read besides the model, opened once.</summary>
internal sealed class EvaluationKit : IDisposable
{
    private readonly RunContext context;
    private readonly EvaluationData data;
    private readonly IReadOnlyList<string> prompts;
    private readonly List<GoldContinuation> continuations;
    private readonly string? text;
    private readonly LoadedScorers scorers;
    private readonly NeuronStatistics? statistics;

    public EvaluationKit(RunContext context, EvaluationData data, InputRef? neurons)
    {
        (this.context, this.data) = (context, data);
        prompts = Datasets.Prompts(FileOf(data.Prompts), context.Cancellation);
        continuations = data.Continuations is { } gold
            ? [.. Datasets.Continuations(FileOf(gold), context.Cancellation).Select(c => new GoldContinuation(c.Prompt, c.Gold))]
            : [];
        text = data.Text is { } corpus ? Datasets.TextCorpus(FileOf(corpus), context.Cancellation) : null;
        statistics = neurons is null ? null : NeuronStatisticsFile.Read(context.Inputs.Find(neurons));
        scorers = new LoadedScorers(context.Inputs.Find, new PanelScorer(data.Scorer, data.ScorerLabel), data.Panel, context.Device);
    }

    /// <summary>Measures on a half of the prompts.</summary>
    /// <param name="model">Whose tokenizer all variants share.</param>
    /// <param name="half">Which prompts.</param>
    /// <param name="most">Use only the first so many of them; null: all.</param>
    /// <param name="withContinuations">False: without F1, which choosing does not need.</param>
    /// <param name="temperature">0: greedy.</param>
    /// <param name="topP">Of draws.</param>
    public Evaluator Evaluator(
        LoadedModel model, PromptHalf half, int? most = null, bool withContinuations = true, double temperature = 0, double topP = 1)
    {
        model.RequireRoom(data.MaxPromptTokens, data.NewTokens);
        var chosen = PromptHalves.Select(prompts.Count, context.Spec.Parameters.Seed, half).Take(most ?? int.MaxValue);
        var inputs = new EvaluationInputs
        {
            Prompts = [.. chosen.Select(i => new EvaluationPrompt(i, prompts[i]))],
            Continuations = withContinuations ? continuations : [],
            Text = text,
        };
        var options = EvaluationOptions.Of(data, context.Spec.Parameters) with { Temperature = temperature, TopP = topP };
        return new Evaluator(model.Tokenizer, scorers.First, inputs, options, scorers.Further);
    }

    /// <summary>Whether the scorers agree; null: there is one.</summary>
    public ScorerPanel? Panel(IReadOnlyList<EvaluatedVariant> measured, Bootstrap bootstrap) =>
        ScorerPanels.Of(scorers.All, [.. measured.Select(variant => variant.Generations)], bootstrap);

    /// <summary>Works out what a variant's intervention does to a model.</summary>
    /// <param name="variant">Which.</param>
    /// <param name="decoder">The model.</param>
    /// <param name="other">Loads the model that a dynamic patch reads along; null: there is none here.</param>
    public PlannedVariant Plan(EvaluationVariant variant, Decoder decoder, Func<InputRef, Decoder>? other = null) =>
        new(variant, variant.Intervention is null ? null : Plan(variant.Intervention, decoder, other));

    /// <summary>Works out what an intervention does to a model; arguments as for a variant.</summary>
    public InterventionPlan Plan(Intervention intervention, Decoder decoder, Func<InputRef, Decoder>? other = null)
    {
        var c = decoder.Configuration;
        var planner = new InterventionPlanner(
            new ModelShape(c.Layers, c.Neurons, c.Width),
            statistics,
            direction => DirectionFile.Read(context.Inputs.Find(direction), c.Width).Vector,
            other,
            set => NeuronSetFile.Read(context.Inputs.Find(set)));
        return planner.Plan(intervention);
    }

    /// <summary>The answers that the lab's preference pairs call rejected, as the model's tokens.</summary>
    public IReadOnlyList<LearnedAnswer> RejectedAnswers(RelearnAttack attack, LoadedModel model) =>
    [
        .. Datasets.PreferencePairs(FileOf(attack.Pairs!), context.Cancellation)
            .Select(pair => new LearnedAnswer(
                model.Encode(pair.Prompt, attack.MaxPromptTokens, "A prompt"),
                [.. model.Tokenizer.Encode(pair.Rejected, specialTokens: false).Take(attack.MaxResponseTokens)]))
            .Where(answer => answer.Answer.Length > 0),
    ];

    /// <summary>What made the numbers.</summary>
    public EvaluationSource Source(InputRef model, PromptHalf half) => new()
    {
        Model = model.Name,
        ModelDigest = DigestOf(model)!,
        PromptsDigest = DigestOf(data.Prompts.File)!,
        TextDigest = DigestOf(data.Text?.File),
        ContinuationsDigest = DigestOf(data.Continuations?.File),
        Scorer = scorers.First.Name,
        ScorerDigest = scorers.First.Digest,
        Prompts = PromptHalves.Select(prompts.Count, context.Spec.Parameters.Seed, half).Count,
        Half = half,
        Seed = context.Spec.Parameters.Seed,
        Protocol = context.Spec.Parameters.Protocol,
        Precision = context.Spec.Parameters.Precision,
    };

    /// <summary>The generations of another evaluation, which rows are compared with; none where there is no baseline.</summary>
    public IReadOnlyList<GenerationRecord> BaselineGenerations(InputRef? baseline) =>
        baseline is null ? [] : ReadLines<GenerationRecord>(context.Inputs.Find(baseline));

    /// <summary>The rows of that evaluation, which lie beside its generations.</summary>
    public IReadOnlyList<EvaluationRow> BaselineRows(InputRef? baseline)
    {
        if (baseline is null)
            return [];
        string path = Path.Combine(Path.GetDirectoryName(context.Inputs.Find(baseline))!, Artifacts.Rows);
        return File.Exists(path)
            ? ReadLines<EvaluationRow>(path)
            : throw new InputException($"{baseline.Name}: {path} is missing. Choose the generations of a finished evaluation, in its own folder.");
    }

    public void Dispose() => scorers.Dispose();

    /// <summary>Writes one JSON value a line.</summary>
    public static void WriteLines<T>(string path, IEnumerable<T> values) =>
        File.WriteAllLines(path, values.Select(value => JsonSerializer.Serialize(value, ContractJson.Options)));

    /// <summary>Reads what <see cref="WriteLines"/> has written.</summary>
    /// <exception cref="InputException">A line is no such value.</exception>
    public static List<T> ReadLines<T>(string path)
    {
        var values = new List<T>();
        int line = 0;
        foreach (string json in File.ReadLines(path))
        {
            line++;
            try
            {
                values.Add(JsonSerializer.Deserialize<T>(json, ContractJson.Options)!);
            }
            catch (JsonException e)
            {
                throw new InputException($"{path}, line {line}: this is no {typeof(T).Name}. Choose the file that an evaluation has written.", e);
            }
        }

        return values;
    }

    private DatasetFile FileOf(DatasetRef dataset) => DatasetFile.Of(context.Inputs.Find(dataset.File), dataset);

    private string? DigestOf(InputRef? input) => input is null ? null : context.Inputs.Digest(input, context.Cancellation);
}
