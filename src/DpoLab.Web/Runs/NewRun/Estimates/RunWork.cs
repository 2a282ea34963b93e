using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Runs;

namespace DpoLab.Web.Runs.NewRun.Estimates;

/// <summary>What is known about the inputs of a run. Null: not known, and then neither is the estimate.</summary>
/// <param name="Model">Of a model or of the base model that an artifact was tuned from.</param>
/// <param name="Dataset">Records and bytes.</param>
public sealed record InputFacts(Func<InputRef, ModelReport?> Model, Func<DatasetRef, DatasetSize?> Dataset);

/// <summary>How much a dataset holds.</summary>
public sealed record DatasetSize(int Records, long Bytes)
{
    /// <summary>As a dataset reference limits it.</summary>
    public DatasetSize First(int? limit) =>
        limit is not { } most || most >= Records || Records == 0 ? this : new DatasetSize(most, Bytes * most / Records);
}

/// <summary>
/// Tokens that a run sends through its model, by how they go through: the rule of thumb is 2 FLOP a parameter and token forward, 6 trained.
/// A decoded token costs as much as four read ones, since decoding is bound by memory.
/// </summary>
/// <param name="Read">Tokens of prompts and texts.</param>
/// <param name="Decoded">Tokens generated one by one.</param>
/// <param name="Trained">Tokens forward and backward.</param>
public sealed record RunWork(double Read, double Decoded, double Trained)
{
    private const double BytesPerToken = 4;

    /// <summary>A handful of short texts, read and continued some times.</summary>
    private const double VerifiedTokens = 1500;

    /// <summary>Floating-point operations, decoding weighted by what it costs.</summary>
    public double Flops(double parameters) => parameters * (2 * (Read + 4 * Decoded) + 6 * Trained);

    /// <summary>Null when a size is not known.</summary>
    public static RunWork? Of(RunParameters parameters, InputFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        return parameters switch
        {
            DirectionParameters p => Direction(p, facts),
            PairsParameters { Source: PairsSource.Dataset } => new RunWork(0, 0, 0),
            PairsParameters p => Answers(Size(facts, p.Prompts), p.MaxPromptTokens, p.NewTokens, times: 2),
            DpoParameters p => Dpo(p, facts),
            NeuronsParameters p => Neurons(p, facts),
            EvaluateParameters p => Evaluate(p.Data, facts, p.Variants.Count, Share(p.Half)),
            SweepParameters p => Sweep(p, facts),
            SearchParameters p => Search(p, facts),
            VerifyParameters => new RunWork(VerifiedTokens, VerifiedTokens, 0),
            ExportParameters p => new RunWork(3.0 * p.Texts.Sum(text => text.Length) / BytesPerToken, 0, 0),
            DynamicPatchParameters p => Evaluate(p.Data, facts, (2 * p.Variants().Count) - 2, Share(p.Half)), // two models read what is patched
            SurviveParameters p => Survive(p, facts),
            _ => null,
        };
    }

    private static DatasetSize? Size(InputFacts facts, DatasetRef? dataset) =>
        dataset is null ? null : facts.Dataset(dataset)?.First(dataset.Limit);

    private static RunWork? Direction(DirectionParameters p, InputFacts facts)
    {
        if (p.Method is not (DirectionMethod.Probe or DirectionMethod.MeanDifference))
            return new RunWork(0, 0, 0);
        return Size(facts, p.Comments) is { } size ? new RunWork(Tokens(size, p.MaxTokens), 0, 0) : null;
    }

    private static RunWork? Dpo(DpoParameters p, InputFacts facts)
    {
        if (Size(facts, p.Pairs) is not { Records: > 0 } size)
            return null;
        // a record holds prompt, chosen and rejected; each side is read with the prompt
        double pair = Math.Min(2 * (p.MaxPromptTokens + p.MaxResponseTokens), size.Bytes / BytesPerToken / size.Records * 4 / 3);
        double trained = pair * p.BatchSize * p.Accumulation * p.Steps;
        double validations = (double)p.BatchSize * p.Accumulation * p.Steps / p.ValidateEvery;
        double reference = p.Gamma > 0 ? trained : Math.Min(size.Records, (double)p.BatchSize * p.Accumulation * p.Steps) * pair;
        return new RunWork(reference + validations * p.ValidationPairs * pair, validations * p.SampleAnswers * 2 * p.MaxResponseTokens / 3, trained);
    }

    private static RunWork? Answers(DatasetSize? prompts, int promptTokens, int newTokens, double times) =>
        prompts is null ? null : new RunWork(times * Tokens(prompts, promptTokens), times * prompts.Records * newTokens, 0);

    private static RunWork? Neurons(NeuronsParameters p, InputFacts facts)
    {
        if (p.Reading is NeuronReading.OwnAnswers)
            return Answers(Size(facts, p.Prompts), p.MaxPromptTokens, p.NewTokens, times: 2);
        DatasetSize? size = Size(facts, p.Reading switch
        {
            NeuronReading.Continuations => p.Continuations,
            NeuronReading.Text => p.Text,
            _ => p.Prompts,
        });
        if (size is null)
            return null;
        double read = p.Reading is NeuronReading.Text ? size.Bytes / BytesPerToken : Tokens(size, p.MaxPromptTokens) + (size.Records * (double)p.NewTokens);
        return new RunWork(2 * read, p.Reading is NeuronReading.BaseAnswers ? size.Records * (double)p.NewTokens : 0, 0);
    }

    private static RunWork? Evaluate(EvaluationData data, InputFacts facts, int variants, double share)
    {
        if (Size(facts, data.Prompts) is not { } prompts)
            return null;
        double read = share * Tokens(prompts, data.MaxPromptTokens);
        double decoded = share * prompts.Records * data.NewTokens * (1 + (data.Sampled?.Samples ?? 0));
        if (Size(facts, data.Continuations) is { } continuations)
        {
            read += Tokens(continuations, data.MaxPromptTokens);
            decoded += (double)continuations.Records * data.NewTokens;
        }

        if (Size(facts, data.Text) is { } text)
            read += text.Bytes / BytesPerToken * (data.PublishedPerplexity ? 2 : 1);
        return new RunWork(variants * read, variants * decoded, 0);
    }

    private static double Share(PromptHalf half) => half is PromptHalf.All ? 1 : 0.5;

    private static RunWork? Survive(SurviveParameters p, InputFacts facts)
    {
        var data = p.Data with { Continuations = null, PublishedPerplexity = false };
        int subjects = p.Subjects().Count;
        if (Evaluate(data, facts, subjects * (1 + p.AttacksPerSubject()), Share(p.Half)) is not { } measured)
            return null;
        double answers = (double)subjects * p.Relearn.Steps.DefaultIfEmpty(0).Max() * p.Relearn.BatchSize;
        return measured with { Trained = answers * (p.Relearn.MaxPromptTokens + p.Relearn.MaxResponseTokens) };
    }

    private static RunWork? Sweep(SweepParameters p, InputFacts facts) =>
        Choosing(p.Data, p.SelectionPrompts, p.Forms.Count * p.Alphas.Count * p.Betas.Count, p.Forms.Count * p.Budgets.Count, facts);

    /// <summary>Trials cut early cost less; how many will be is not known. A search by time alone takes the time that it is given.</summary>
    private static RunWork? Search(SearchParameters p, InputFacts facts) =>
        p.Trials is { } trials ? Choosing(p.Data, p.SelectionPrompts, trials, p.Baseline is null ? 2 : 1, facts) : null;

    private static RunWork? Choosing(EvaluationData data, int? selectionPrompts, int trials, int reports, InputFacts facts)
    {
        double share = 0.5;
        if (selectionPrompts is { } few && Size(facts, data.Prompts) is { Records: > 0 } size)
            share = Math.Min(0.5, (double)few / size.Records);
        var tried = Evaluate(data with { Continuations = null, PublishedPerplexity = false }, facts, trials, share);
        var reported = Evaluate(data, facts, reports, 0.5);
        return tried is null || reported is null ? null : new RunWork(tried.Read + reported.Read, tried.Decoded + reported.Decoded, 0);
    }

    private static double Tokens(DatasetSize size, int most) => Math.Min((double)size.Records * most, size.Bytes / BytesPerToken);
}
