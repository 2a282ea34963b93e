using System.Text.Json;
using DpoLab.Compute.Evaluation;
using DpoLab.Compute.Interventions;
using DpoLab.Compute.Models;
using DpoLab.Compute.Tokenization;
using DpoLab.Compute.Toxicity;
using DpoLab.Contracts.Runs;
using static TorchSharp.torch;

namespace DpoLab.Tests.Evaluation;

/// <summary>The demo's model, scorer and texts, loaded once.</summary>
public sealed class DemoEvaluation : IDisposable
{
    private EvaluatedVariant? plain;
    private readonly IToxicityScorer scorer = ToxicityScorers.Load(Repository.Demo("scorer"));

    public DemoEvaluation()
    {
        Tokenizer = Tokenizer.Load(Repository.Demo("base-model"));
        Decoder = Decoder.Load(Repository.Demo("base-model"), CPU, ScalarType.Float32);
        Evaluator = Make(EvaluationOptions);
    }

    public static EvaluationOptions EvaluationOptions { get; } = new() { BootstrapResamples = 500, Window = 128 };

    public Tokenizer Tokenizer { get; }

    public Decoder Decoder { get; }

    public Evaluator Evaluator { get; }

    public InterventionPlanner Planner
    {
        get
        {
            var c = Decoder.Configuration;
            return new InterventionPlanner(new ModelShape(c.Layers, c.Neurons, c.Width), null, _ => Enumerable.Repeat(.5, c.Width).ToArray());
        }
    }

    /// <summary>The plain model's row, measured once.</summary>
    public EvaluatedVariant Base => plain ??= Evaluator.Evaluate(
        Decoder, Plan(EvaluationBaseline.Base, null), cancellationToken: TestContext.Current.CancellationToken);

    public Evaluator Make(EvaluationOptions options, int skip = 0, int take = 24, IReadOnlyList<IToxicityScorer>? panel = null) => new(
        Tokenizer,
        scorer,
        new EvaluationInputs
        {
            Prompts =
            [
                .. Lines("challenge-prompts.jsonl").Skip(skip).Take(take)
                    .Select((row, i) => new EvaluationPrompt(skip + i, row.GetProperty("prompt").GetString()!)),
            ],
            Continuations =
            [
                .. Lines("continuations.jsonl").Take(8)
                    .Select(row => new GoldContinuation(row.GetProperty("prompt").GetString()!, row.GetProperty("gold").GetString()!)),
            ],
            Text = File.ReadAllText(Repository.Demo("text.txt"))[..6000],
        },
        options,
        panel);

    public PlannedVariant Plan(string name, Intervention? intervention) =>
        new(new EvaluationVariant { Name = name, Intervention = intervention }, intervention is null ? null : Planner.Plan(intervention));

    public void Dispose()
    {
        Evaluator.Dispose();
        Decoder.Dispose();
        scorer.Dispose();
    }

    private static IEnumerable<JsonElement> Lines(string file) =>
        File.ReadLines(Repository.Demo(file)).Select(line => JsonDocument.Parse(line).RootElement);
}
