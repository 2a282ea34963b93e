using DpoLab.Compute.Generation;
using DpoLab.Compute.Interventions;
using DpoLab.Compute.Models;
using DpoLab.Compute.Tokenization;
using DpoLab.Compute.Toxicity;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Evaluation;

/// <summary>
/// Measures variants of a model on the same prompts, continuations and text (science.md, section 7). What all variants share is made once: token
/// ids, and for each model its plain logits that verdicts are judged by.
/// </summary>
public sealed class Evaluator : IDisposable
{
    /// <summary>Prompts that verdicts are judged on.</summary>
    private const int VerdictPrompts = 8;

    private readonly Tokenizer tokenizer;
    private readonly ContinuationJudges judges;
    private readonly EvaluationInputs inputs;
    private readonly EvaluationOptions options;
    private readonly Bootstrap bootstrap;
    private readonly VariantPerplexity? perplexity;
    private readonly int[][] gold;
    private readonly Dictionary<string, TokenizedPrompts> promptsByPrefix = new(StringComparer.Ordinal);
    private readonly Dictionary<Decoder, VerdictProbe> probes = [];

    /// <summary>Tokenises what every variant is measured on.</summary>
    /// <param name="tokenizer">The models' tokenizer.</param>
    /// <param name="scorer">Scores toxicity.</param>
    /// <param name="inputs">Prompts, continuations, text.</param>
    /// <param name="options">How to measure.</param>
    /// <param name="panel">Further scorers; null: none.</param>
    public Evaluator(
        Tokenizer tokenizer, IToxicityScorer scorer, EvaluationInputs inputs, EvaluationOptions options, IReadOnlyList<IToxicityScorer>? panel = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(options);
        if (inputs.Prompts.Count == 0)
            throw new InputException("There is no challenge prompt to evaluate on. Choose another dataset or the other half.");
        this.tokenizer = tokenizer;
        judges = new ContinuationJudges(scorer, panel ?? []);
        this.inputs = inputs;
        this.options = options;
        bootstrap = new Bootstrap(options.BootstrapResamples, options.Seed);
        perplexity = inputs.Text is { } text ? new VariantPerplexity(tokenizer, text, options) : null;
        gold = [.. inputs.Continuations.Select(sample => tokenizer.Encode(sample.Gold, specialTokens: false))];
    }

    /// <summary>Makes the intervals; the comparison with base and DPO uses the same.</summary>
    public Bootstrap Bootstrap => bootstrap;

    /// <summary>Measures one variant.</summary>
    /// <param name="decoder">The variant's model, with nothing intervening.</param>
    /// <param name="variant">What to do to it.</param>
    /// <param name="measure">Leave out measurements that are not needed.</param>
    /// <param name="progress">Where it is.</param>
    /// <param name="cancellationToken">Looked at between batches.</param>
    /// <exception cref="InterventionException">The intervention did not act, or the self-check failed.</exception>
    public EvaluatedVariant Evaluate(
        Decoder decoder,
        PlannedVariant variant,
        Measures measure = Measures.All,
        IProgress<EvaluationProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        ArgumentNullException.ThrowIfNull(variant);
        var verdict = Judge(decoder, variant, cancellationToken);
        var prompts = PromptsFor(variant.Spec.PromptPrefix);
        int[][] answers;
        using (var active = InterventionStack.Apply(decoder, variant.Plans, ActedPositions.Of))
        {
            answers = Answer(decoder, prompts.Challenge, "answers", progress, cancellationToken);
            active.RequireFired();
            if (active.Last is { } judged)
                verdict = verdict with { Applied = judged.Applied, Positions = judged.Positions };
        }

        var generations = Score(variant.Spec.Name, prompts, answers, progress, cancellationToken);
        var samples = options.Sampled is { } sampling && measure.HasFlag(Measures.Samples) ? Sample(decoder, variant, prompts, sampling, progress, cancellationToken) : [];
        bool alsoPublished = options.PublishedPerplexity && measure.HasFlag(Measures.PublishedPerplexity);
        var (ours, published) = perplexity is not null && measure.HasFlag(Measures.Perplexity)
            ? perplexity.Of(decoder, variant, alsoPublished, progress, cancellationToken)
            : (null, null);
        var row = new EvaluationRow
        {
            Variant = variant.Spec.Name,
            Family = RowFamilies.Of(variant.Spec),
            Neurons = (variant.Attack ?? variant.Plan)?.Neurons,
            Toxicity = bootstrap.Mean([.. generations.Select(g => g.Score)]),
            PanelToxicity = [.. Further.Select(i => bootstrap.Mean([.. generations.Select(g => g.Panel![i])]))],
            Sampled = SampledFigures.Of(samples, sample => sample.Score, bootstrap),
            PanelSampled = samples.Count == 0 ? [] : [.. Further.Select(i => SampledFigures.Of(samples, sample => sample.Panel![i], bootstrap))],
            Perplexity = ours,
            PublishedPerplexity = published,
            F1 = measure.HasFlag(Measures.F1) ? MeasureF1(decoder, variant, prompts, progress, cancellationToken) : null,
            Repetition = bootstrap.Mean([.. generations.Select(g => g.Missing is null ? Repetition.Of(g.Continuation) : (double?)null)]),
            MeanTokens = generations.Average(g => g.Tokens),
            Verdict = verdict,
            Intervention = variant.Spec.Intervention,
        };
        return new EvaluatedVariant(row, generations) { Samples = samples };
    }

    /// <summary>
    /// Perplexity on the beginning of the text, as the whole of it would be measured: enough to see that an edit ruins the model.
    /// </summary>
    /// <param name="decoder">The model, with nothing intervening.</param>
    /// <param name="plan">Null: the plain model.</param>
    /// <param name="share">Of the text's tokens, above 0.</param>
    /// <param name="cancellationToken">Looked at between batches.</param>
    /// <returns>The perplexity, and how often the plan acted for it.</returns>
    /// <exception cref="InputException">There is no text, or too little of it.</exception>
    public (double Perplexity, Verdict Verdict) PerplexityOfBeginning(
        Decoder decoder, InterventionPlan? plan, double share, CancellationToken cancellationToken = default)
    {
        if (perplexity is null)
            throw new InputException("There is no text to measure perplexity on. Choose one.");
        return perplexity.OfBeginning(decoder, plan, share, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var probe in probes.Values)
            probe.Dispose();
    }

    /// <summary>What attacks on a model are judged by: its logits under <paramref name="plan"/>, on a few prompts with its plain answers.</summary>
    /// <param name="decoder">The model, with nothing intervening.</param>
    /// <param name="plan">What stays in force under attack; null: nothing.</param>
    /// <param name="cancellationToken">Looked at between batches.</param>
    public VerdictProbe ProbeOf(Decoder decoder, InterventionPlan? plan, CancellationToken cancellationToken = default)
    {
        int[][] few = [.. PromptsFor(null).Challenge.Take(VerdictPrompts)];
        return new VerdictProbe(decoder, few, Answer(decoder, few, "verdict", null, cancellationToken), plan);
    }

    /// <summary>Places of the further scorers in what they say of each continuation.</summary>
    private IEnumerable<int> Further => Enumerable.Range(0, judges.All.Count - 1);

    private Verdict Judge(Decoder decoder, PlannedVariant variant, CancellationToken cancellationToken)
    {
        if (variant.Against is { } before)
            return Judged(before, before.LargestChange(variant.Attack));
        if (variant.Plan is null)
            return Verdict.Plain;
        if (!probes.TryGetValue(decoder, out var probe))
        {
            probes[decoder] = probe = ProbeOf(decoder, null, cancellationToken);
            probe.CheckStrengthZero();
        }

        return Judged(probe, probe.LargestChange(variant.Plan));
    }

    private static Verdict Judged(VerdictProbe probe, double change) =>
        new(change <= probe.Rounding ? VerdictKind.NoEffect : VerdictKind.Fired, LogitChange: change, Rounding: probe.Rounding);

    private int[][] Answer(
        Decoder decoder, IReadOnlyList<int[]> prompts, string stage, IProgress<EvaluationProgress>? progress, CancellationToken cancellationToken) =>
        ModelAnswers.Of(
            decoder,
            tokenizer,
            prompts,
            new GenerationOptions { NewTokens = options.NewTokens, Temperature = options.Temperature, TopP = options.TopP, Seed = options.Seed },
            options.BatchSize,
            StageProgress.Of(progress, stage, prompts.Count),
            cancellationToken);

    private IReadOnlyList<GenerationRecord> Score(
        string name, TokenizedPrompts prompts, int[][] answers, IProgress<EvaluationProgress>? progress, CancellationToken cancellationToken)
    {
        GenerationRecord[] records = [.. answers.Select((answer, i) => Record(name, prompts, i, answer))];
        return judges.Judge(records, StageProgress.Of(progress, "toxicity", records.Length), cancellationToken);
    }

    private IReadOnlyList<GenerationRecord> Sample(
        Decoder decoder, PlannedVariant variant, TokenizedPrompts prompts, SampledToxicityOptions sampling, IProgress<EvaluationProgress>? progress, CancellationToken cancellationToken)
    {
        int[][] answers;
        using (var active = InterventionStack.Apply(decoder, variant.Plans, ActedPositions.Of))
        {
            var stage = StageProgress.Of(progress, "samples", prompts.Challenge.Length * sampling.Samples);
            answers = SampledAnswers.Of(
                decoder, tokenizer, prompts.Challenge, options.NewTokens, sampling, options.Seed, options.BatchSize, stage, cancellationToken);
            active.RequireFired();
        }

        var records = answers.Select((answer, i) => Record(variant.Spec.Name, prompts, i / sampling.Samples, answer) with { Sample = i % sampling.Samples });
        return judges.Judge([.. records], progress: null, cancellationToken);
    }

    private GenerationRecord Record(string name, TokenizedPrompts prompts, int prompt, int[] answer) => new()
    {
        Variant = name,
        Prompt = inputs.Prompts[prompt].Index,
        PromptText = inputs.Prompts[prompt].Text,
        Continuation = ContinuationText(prompts.Challenge[prompt], answer),
        Tokens = answer.Length,
    };

    private string ContinuationText(int[] prompt, int[] answer)
    {
        if (options.Protocol is Protocol.Corrected)
            return tokenizer.DecodeContinuation(prompt, answer);

        // The reference code replaces the prompt's text by nothing, wherever it stands (science.md, section 8).
        string asked = tokenizer.Decode(prompt);
        string all = tokenizer.Decode([.. prompt, .. answer]);
        return asked.Length == 0 ? all : all.Replace(asked, "", StringComparison.Ordinal);
    }

    private Estimate? MeasureF1(
        Decoder decoder, PlannedVariant variant, TokenizedPrompts prompts, IProgress<EvaluationProgress>? progress, CancellationToken cancellationToken)
    {
        if (gold.Length == 0)
            return null;
        using var active = InterventionStack.Apply(decoder, variant.Plans, ActedPositions.Of);
        int[][] answers = Answer(decoder, prompts.Continuations, "continuations", progress, cancellationToken);
        active.RequireFired();
        bool withPrompt = options.Protocol is Protocol.Published;
        return bootstrap.Mean(
        [
            .. answers.Select((answer, i) => (double?)TokenF1.Of(withPrompt ? [.. prompts.Continuations[i], .. answer] : answer, gold[i])),
        ]);
    }

    private TokenizedPrompts PromptsFor(string? prefix)
    {
        string key = prefix ?? "";
        if (!promptsByPrefix.TryGetValue(key, out var prompts))
        {
            promptsByPrefix[key] = prompts = new TokenizedPrompts(
                [.. inputs.Prompts.Select(p => PromptTokens.Of(tokenizer, p.Text, options.MaxPromptTokens, prefix))],
                [.. inputs.Continuations.Select(c => PromptTokens.Of(tokenizer, c.Prompt, options.MaxPromptTokens, prefix))]);
        }

        return prompts;
    }

    private sealed record TokenizedPrompts(int[][] Challenge, int[][] Continuations);
}
