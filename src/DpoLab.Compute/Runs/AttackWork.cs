using DpoLab.Compute.Evaluation;
using DpoLab.Compute.Models;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using TorchSharp;

namespace DpoLab.Compute.Runs;

/// <summary>
/// Measures subjects as they are and under every attack. What a subject's own intervention does stays in force and acts first; an attack acts on
/// what that leaves.
/// </summary>
internal sealed class AttackWork(RunContext context, SurviveParameters parameters, ModelShelf shelf, EvaluationKit kit, Evaluator evaluator, VariantProgress progress)
{
    private const string Part = "rows";
    private readonly VariantCheckpoints checkpoints = new(context.Directory, "row");

    /// <summary>What has been measured.</summary>
    public AttackTable Table { get; } = new(evaluator.Bootstrap);

    /// <summary>Measures a subject as it is, then attacked. The base comes before all others, which are compared with it.</summary>
    public void Measure(EvaluationVariant subject)
    {
        var of = subject.Model ?? parameters.Model;
        MeasureOnce(subject, subject.Name, note: null, () => (shelf.Get(of).Decoder, PlanOf(subject, shelf.Get(of))));
        MeasureByHooks(subject, of);
        MeasureRelearning(subject, of);
    }

    private void MeasureByHooks(EvaluationVariant subject, InputRef of)
    {
        VerdictProbe? before = null;
        try
        {
            foreach (var (kind, budget, attack) in Attacks.ByHooks(parameters))
            {
                MeasureOnce(subject, Attacks.NameOf(subject, kind, budget), new AttackNote(subject.Name, kind, budget), () =>
                {
                    var model = shelf.Get(of);
                    var planned = PlanOf(subject, model);
                    before ??= ProbeOf(model.Decoder, planned);
                    return (model.Decoder, planned with { Attack = kit.Plan(attack, model.Decoder), Against = before });
                });
            }
        }
        finally
        {
            before?.Dispose();
        }
    }

    /// <summary>Trains a copy of the model once, and stops at each budget to measure; where an earlier start has measured all of them, not at all.</summary>
    private void MeasureRelearning(EvaluationVariant subject, InputRef of)
    {
        RelearnedModel? copy = null;
        try
        {
            foreach (int steps in parameters.Relearn.Steps.Order())
            {
                var note = new AttackNote(subject.Name, AttackKind.Relearn, steps);
                MeasureOnce(subject, Attacks.NameOf(subject, AttackKind.Relearn, steps), note, () =>
                {
                    copy ??= Begin(subject, of);
                    copy.TrainTo(steps, context.Cancellation);
                    context.Report.Log($"{subject.Name}: {steps} steps of relearning, last loss {copy.LastLoss:0.000} nats a token.");
                    return (copy.Model.Decoder, copy.Planned);
                }, measured => copy!.Count(measured));
            }
        }
        finally
        {
            copy?.Dispose();
        }
    }

    private RelearnedModel Begin(EvaluationVariant subject, InputRef of)
    {
        var model = LoadedModel.Load(context, of);
        try
        {
            var planned = PlanOf(subject, model);
            return new RelearnedModel(model, planned with { Against = ProbeOf(model.Decoder, planned) }, kit.RejectedAnswers(parameters.Relearn, model), parameters);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Measures a row unless an earlier start has done so, compares it and tells it.</summary>
    /// <param name="subject">Whose row it is.</param>
    /// <param name="name">Of the row.</param>
    /// <param name="note">The attack; null: none.</param>
    /// <param name="prepare">Makes what is measured.</param>
    /// <param name="finish">Adds to it what the evaluator cannot know; null: nothing.</param>
    private void MeasureOnce(
        EvaluationVariant subject,
        string name,
        AttackNote? note,
        Func<(Decoder Decoder, PlannedVariant Planned)> prepare,
        Func<EvaluatedVariant, EvaluatedVariant>? finish = null)
    {
        int index = Table.Rows.Count;
        var known = checkpoints.Find(Part, index, name);
        var measured = known ?? Evaluate(subject, name, prepare);
        if (known is null && finish is not null)
            measured = finish(measured);
        var row = note is null ? Table.AddSubject(measured) : Table.AddAttacked(measured, note);
        if (known is null)
        {
            context.Report.Texts(measured.Generations);
            context.Report.Row(row);
            checkpoints.Keep(Part, index, measured);
        }

        progress.Next();
    }

    private EvaluatedVariant Evaluate(EvaluationVariant subject, string name, Func<(Decoder Decoder, PlannedVariant Planned)> prepare)
    {
        using var scope = torch.NewDisposeScope();
        var (decoder, planned) = prepare();
        using var noGradients = torch.no_grad();
        var measured = evaluator.Evaluate(decoder, planned with { Spec = subject with { Name = name } }, Measures.Perplexity, progress, context.Cancellation);
        return measured with { Row = measured.Row with { Family = RowFamilies.Of(subject) } };
    }

    private PlannedVariant PlanOf(EvaluationVariant subject, LoadedModel model) =>
        kit.Plan(subject, model.Decoder, other => shelf.Get(other, beside: subject.Model ?? parameters.Model).Decoder);

    private VerdictProbe ProbeOf(Decoder decoder, PlannedVariant planned)
    {
        using var noGradients = torch.no_grad();
        return evaluator.ProbeOf(decoder, planned.Plan, context.Cancellation);
    }
}
