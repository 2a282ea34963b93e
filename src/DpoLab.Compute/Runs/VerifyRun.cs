using DpoLab.Compute.Verification;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using TorchSharp;

namespace DpoLab.Compute.Runs;

/// <summary>Compares a model with exported values of transformers, or with itself. A difference is a result, not a failure of the run.</summary>
internal sealed class VerifyRun(VerifyParameters parameters) : IRun
{
    private const string Reading = "read the model";
    private const string Comparing = "compare";

    public IReadOnlyList<RunStage> Stages => [new(Reading), new(Comparing, 4)];

    public RunResult Execute(RunContext context)
    {
        using var noGradients = torch.no_grad();
        var reading = context.Report.Begin(Reading, "model", 1);
        string digest = context.Inputs.Digest(parameters.Model, context.Cancellation);
        using var values = parameters.Values is { } given ? ExportedValues.Open(context.Inputs.Find(given)) : null;
        if (values is not null)
            RequireSame(values, digest, context);
        using var model = LoadedModel.Load(context, parameters.Model);
        reading.Report(1);

        var items = new List<VerifiedItem>();
        var self = new ModelSelfChecks(model.Decoder, model.Tokenizer, context.Cancellation);
        var comparisons = values is null ? self.Run() : ModelComparison.Of(model.Decoder, model.Tokenizer, values, context.Cancellation);
        var comparing = context.Report.Begin(Comparing, "comparisons", values is null ? self.Count : ModelComparison.Count(values));
        foreach (var comparison in comparisons)
        {
            items.Add(Item(comparison));
            context.Report.Log(Line(comparison), comparison.IsRight ? LogLevel.Info : LogLevel.Warning);
            comparing.Report(items.Count);
        }

        return new VerifyResult
        {
            Model = parameters.Model.Name,
            ModelDigest = digest,
            Against = values?.MadeBy,
            ValuesDigest = parameters.Values is null ? null : context.Inputs.Digest(parameters.Values, context.Cancellation),
            Precision = parameters.Precision,
            Device = Hardware.Describe(context.Device),
            Items = items,
        };
    }

    private void RequireSame(ExportedValues values, string digest, RunContext context)
    {
        if (!string.Equals(values.ModelDigest, digest, StringComparison.OrdinalIgnoreCase))
        {
            throw new InputException(
                $"The values were exported from other files than {parameters.Model.Name}: their model has the SHA-256 {values.ModelDigest}, this one {digest}. "
                + "Run the script on this folder.");
        }

        if (values.Precision != context.Precision)
        {
            throw new InputException(
                $"The values were computed in {values.Precision}, the run computes in {context.Precision}. Choose the other precision, or export with --dtype.");
        }
    }

    private static VerifiedItem Item(Comparison c) =>
        new(c.What, double.IsFinite(c.Largest) ? c.Largest : null, c.Bound, c.IsRight ? null : c.Detail);

    private static string Line(Comparison c) => FormattableString.Invariant(
        $"{c.What}: {c.Largest:g3} {(c.IsRight ? "<=" : "is more than")} {c.Bound:g3}{(c.IsRight || c.Detail is null ? "" : ". " + c.Detail)}");
}
