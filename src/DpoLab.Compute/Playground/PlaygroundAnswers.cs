using System.Diagnostics;
using DpoLab.Compute.Evaluation;
using DpoLab.Compute.Generation;
using DpoLab.Compute.Interventions;
using DpoLab.Compute.Runs;
using DpoLab.Compute.Tokenization;
using DpoLab.Contracts.Playground;
using DpoLab.Contracts.Results;
using static TorchSharp.torch;

namespace DpoLab.Compute.Playground;

/// <summary>Answers a prompt column by column and tells each token as it is chosen.</summary>
internal sealed class PlaygroundAnswers(WarmSet set, AnswerTask task, Action<PlaygroundEvent> tell, CancellationToken cancellation)
{
    private const int MostColumns = 4;
    private const int TopTokens = 8;

    /// <summary>Answers all columns.</summary>
    /// <returns>Digest of the scorer; null: none.</returns>
    /// <exception cref="InputException">The question cannot be answered; the message says why.</exception>
    public string? Run()
    {
        Check();
        foreach (var column in task.Columns)
            Answer(column, set.Model(column.Tuned, tell));
        return task.Scorer is { } scorer ? set.Scorer(scorer, task.ScorerLabel, tell).Digest : null;
    }

    private void Check()
    {
        if (string.IsNullOrEmpty(task.Prompt))
            throw new InputException("There is no prompt. Write one.");
        if (task.Columns.Count is < 1 or > MostColumns || task.Columns.DistinctBy(c => c.Name).Count() != task.Columns.Count)
            throw new InputException($"There are {task.Columns.Count} columns. Ask for 1 to {MostColumns} of different names.");
        if (task.MaxPromptTokens < 1)
            throw new InputException("The prompt is cut to nothing. Keep at least 1 token.");
    }

    private void Answer(PlaygroundColumn column, LoadedModel model)
    {
        int[] prompt = model.Encode(task.Prompt, task.MaxPromptTokens, "The prompt");
        model.RequireRoom(prompt.Length, task.NewTokens);
        var plan = column.Intervention is { } intervention ? set.Plan(intervention, model, tell) : null;
        if (task.Scorer is { } scorer)
            set.Scorer(scorer, task.ScorerLabel, tell);
        var perplexityModel = set.Base(tell);
        tell(new ColumnStartedEvent(column.Name, [.. prompt.Select((_, i) => model.Tokenizer.DecodeContinuation(prompt[..i], [prompt[i]], skipSpecialTokens: false))], plan?.Neurons));

        var text = new ColumnText(column.Name, model.Tokenizer, prompt, model.Greedy(task.NewTokens) with { Temperature = task.Temperature, TopP = task.TopP, Seed = task.Seed });
        var (first, further, fired) = Generate(model, plan, prompt, text);
        cancellation.ThrowIfCancellationRequested();
        tell(new ColumnEndedEvent
        {
            Column = column.Name,
            Text = text.Text,
            Tokens = text.Ids.Count,
            Ended = text.Ended,
            Toxicity = task.Scorer is null ? null : set.Scorer(task.Scorer, task.ScorerLabel, tell).Score([text.Text], cancellationToken: cancellation)[0],
            Perplexity = PerplexityUnder(perplexityModel, prompt, [.. text.Ids]),
            Verdict = plan is null ? Verdict.Plain : Judged(model, plan, prompt, [.. text.Ids], fired),
            FirstTokenSeconds = first,
            FurtherSeconds = further,
        });
    }

    /// <summary>Lets the model go on, and tells each token.</summary>
    private (double FirstSeconds, double FurtherSeconds, Verdict Fired) Generate(LoadedModel model, InterventionPlan? plan, int[] prompt, ColumnText text)
    {
        var clock = Stopwatch.StartNew();
        double first = 0;
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        using var active = InterventionStack.Apply(model.Decoder, plan is null ? [] : [plan], ActedPositions.Of);
        var unit = set.Direction(model.Decoder.Configuration.Width);
        TextGenerator.Generate(
            model.Decoder,
            tensor(Array.ConvertAll(prompt, id => (long)id), ScalarType.Int64, set.Device).unsqueeze(0),
            mask: null,
            text.Options,
            look: step =>
            {
                if (step.Index == 0)
                    first = clock.Elapsed.TotalSeconds;
                if (Told(step, unit, text) is { } token)
                    tell(token);
            },
            cancellationToken: cancellation);
        active.RequireFired();
        var fired = active.Last is { } last ? new Verdict(VerdictKind.Fired, last.Applied, last.Positions) : Verdict.Plain;
        return (first, clock.Elapsed.TotalSeconds - first, fired);
    }

    /// <summary>What is told about a step; null: the text has ended.</summary>
    private static TokenEvent? Told(GenerationStep step, Tensor unit, ColumnText column)
    {
        using var scope = NewDisposeScope();
        int id = (int)step.Chosen.cpu().item<long>();
        if (column.Take(id) is not { } added)
            return null;
        var probabilities = step.Logits.to(ScalarType.Float32).softmax(-1).squeeze(0); // [V]
        var (values, ids) = probabilities.topk(Math.Min(TopTokens, (int)probabilities.shape[0]));
        float[] likely = values.cpu().data<float>().ToArray();
        long[] tokens = ids.cpu().data<long>().ToArray();
        return new TokenEvent
        {
            Column = column.Name,
            Index = step.Index,
            Id = id,
            Text = added,
            Projection = step.Stream.to(ScalarType.Float32).matmul(unit).cpu().item<float>(),
            Probability = probabilities[id].cpu().item<float>(),
            Top = [.. tokens.Zip(likely, (token, p) => new NextToken((int)token, column.Tokenizer.Decode([(int)token], skipSpecialTokens: false), p))],
        };
    }

    /// <summary>Whether the plan moves the logits on the text that it made.</summary>
    private static Verdict Judged(LoadedModel model, InterventionPlan plan, int[] prompt, int[] answer, Verdict fired)
    {
        using var probe = new VerdictProbe(model.Decoder, [prompt], [answer]);
        double change = probe.LargestChange(plan);
        return fired with { Kind = change <= probe.Rounding ? VerdictKind.NoEffect : VerdictKind.Fired, LogitChange = change, Rounding = probe.Rounding };
    }

    private static double? PerplexityUnder(LoadedModel plain, int[] prompt, int[] answer)
    {
        if (answer.Length == 0)
            return null;
        int[] whole = [.. prompt, .. answer];
        var (nats, scored) = Perplexity.Sum(plain.Decoder, whole, [new TextWindow(0, whole.Length, prompt.Length)]);
        return Math.Exp(nats / scored);
    }

    /// <summary>The text of a column as it grows.</summary>
    private sealed class ColumnText(string name, Tokenizer tokenizer, int[] prompt, GenerationOptions options)
    {
        public string Name { get; } = name;

        public Tokenizer Tokenizer { get; } = tokenizer;

        public GenerationOptions Options { get; } = options;

        /// <summary>Without the end of text.</summary>
        public List<int> Ids { get; } = [];

        public string Text { get; private set; } = "";

        public bool Ended { get; private set; }

        /// <summary>What a token adds, whole characters alone; null: it ends the text.</summary>
        public string? Take(int id)
        {
            if (Options.EndOfText.Contains(id))
            {
                Ended = true;
                return null;
            }

            Ids.Add(id);
            // a character whose bytes are not all there yet shows as U+FFFD: it is told with its last byte
            string now = Tokenizer.DecodeContinuation(prompt, Ids);
            string told = Text;
            Text = now;
            string whole = now.TrimEnd('\uFFFD');
            string before = told.TrimEnd('\uFFFD');
            return whole.Length >= before.Length ? whole[before.Length..] : "";
        }
    }
}
