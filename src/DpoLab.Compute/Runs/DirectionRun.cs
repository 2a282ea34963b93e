using System.Globalization;
using DpoLab.Compute.Data;
using DpoLab.Compute.Directions;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using TorchSharp;

namespace DpoLab.Compute.Runs;

/// <summary>Makes a toxicity direction and shows what it promotes.</summary>
internal sealed class DirectionRun(DirectionParameters parameters) : IRun
{
    private const int LensTokens = 20;
    private const string Load = "load the model";
    private const string Read = "read the texts";
    private const string Fit = "fit";

    private bool ReadsTexts => parameters.Method is DirectionMethod.Probe or DirectionMethod.MeanDifference;

    public IReadOnlyList<RunStage> Stages =>
        ReadsTexts ? [new(Load), new(Read, 30), new(Fit)] : [new(Load), new(Fit)];

    public RunResult Execute(RunContext context)
    {
        using var noGradients = torch.no_grad();
        var loading = context.Report.Begin(Load, "models", 1);
        using var model = LoadedModel.Load(context, parameters.Model);
        loading.Report(1);
        var (vector, result) = Make(context, model);
        var direction = new Direction(vector, Origin(context));
        context.Artifacts.File(Artifacts.Direction, path => DirectionFile.Write(path, direction));
        using var scope = torch.NewDisposeScope();
        var rows = torch.tensor(vector, torch.ScalarType.Float64).to(context.Device).unsqueeze(0); // [1, d]
        return result with
        {
            Norm = direction.Norm,
            Cosine = parameters.CompareWith is { } other ? Cosine(vector, DirectionFile.Read(context.Inputs.Find(other), vector.Length).Vector) : null,
            Promoted = Neurons.LogitLens.Tokens(model.Decoder, model.Tokenizer, rows, LensTokens)[0],
            Suppressed = Neurons.LogitLens.Tokens(model.Decoder, model.Tokenizer, rows, LensTokens, suppressed: true)[0],
        };
    }

    private (double[] Vector, DirectionResult Result) Make(RunContext context, LoadedModel model)
    {
        var result = new DirectionResult
        {
            Method = parameters.Method,
            Width = model.Decoder.Configuration.Width,
            Norm = 0,
            Promoted = [],
            Suppressed = [],
        };
        if (ReadsTexts)
            return FromComments(context, model, result);
        var stage = context.Report.Begin(Fit, "directions", 1);
        var made = parameters.Method switch
        {
            DirectionMethod.EmbeddingDifference => (Differences.OfEmbeddings(model.Decoder, Words(model, parameters.ToxicWords), Words(model, parameters.FriendlyWords)), result),
            DirectionMethod.Svd => FromValueVectors(context, model, result),
            DirectionMethod.File => (DirectionFile.Read(context.Inputs.Find(parameters.File!), result.Width).Vector, result),
            _ => throw new InputException($"The lab does not know how to make a direction by {parameters.Method}."),
        };
        stage.Report(1);
        return made;
    }

    private (double[] Vector, DirectionResult Result) FromComments(RunContext context, LoadedModel model, DirectionResult result)
    {
        using var scope = torch.NewDisposeScope();
        var comments = Datasets.Comments(DatasetFile.Of(context.Inputs.Find(parameters.Comments!.File), parameters.Comments), context.Cancellation);
        bool[] labels = [.. comments.Select(c => c.IsToxic)];
        int[][] texts = [.. comments.Select(c => model.Encode(c.Text, parameters.MaxTokens, "A text"))];
        var reading = context.Report.Begin(Read, "texts", texts.Length);
        var progress = reading.Of<int>(n => n);
        var features = parameters.Protocol is Protocol.Published
            ? PublishedTextFeatures.Mean(model.Decoder, texts, parameters.MaxTokens, parameters.BatchSize, progress, context.Cancellation)
            : TextFeatures.Mean(model.Decoder, texts, parameters.BatchSize, progress, context.Cancellation);
        var fitting = context.Report.Begin(Fit, "directions", 1);
        result = result with { TextsByLabel = [labels.Count(toxic => !toxic), labels.Count(toxic => toxic)] };
        double[] vector;
        if (parameters.Method is DirectionMethod.MeanDifference)
        {
            vector = Differences.OfMeans(features, labels);
        }
        else
        {
            var probe = Probe.Train(features, labels, parameters.InverseRegularization, parameters.ValidationShare, parameters.Seed, context.Cancellation);
            if (!probe.Fit.Converged)
                context.Report.Log($"The probe stopped after {probe.Fit.Iterations} iterations with a gradient of {probe.Fit.GradientMax:g3}, before it had converged.", LogLevel.Warning);
            (vector, result) = (probe.Fit.Coefficients, result with { Probe = ReportOf(probe) });
        }

        fitting.Report(1);
        return (vector, result);
    }

    private (double[] Vector, DirectionResult Result) FromValueVectors(RunContext context, LoadedModel model, DirectionResult result)
    {
        var source = DirectionFile.Read(context.Inputs.Find(parameters.Source!), result.Width);
        var svd = ValueVectorSvd.Of(model.Decoder, source.Vector, parameters.ValueVectors, parameters.Protocol);
        return parameters.SingularVector < svd.Vectors.Length
            ? (svd.Vectors[parameters.SingularVector], result with { SingularValues = svd.SingularValues })
            : throw new InputException($"There are {svd.Vectors.Length} singular vectors, counted from 0; number {parameters.SingularVector} is not among them.");
    }

    private static double Cosine(double[] a, double[] b) =>
        a.Zip(b, (x, y) => x * y).Sum() / Math.Sqrt(a.Sum(x => x * x) * b.Sum(y => y * y));

    private static List<int[]> Words(LoadedModel model, IReadOnlyList<string> words) =>
        [.. words.Select(word => model.Tokenizer.Encode(word, specialTokens: false))];

    private static ProbeReport ReportOf(Probe probe) => new()
    {
        Accuracy = probe.Report.Accuracy,
        BalancedAccuracy = probe.Report.BalancedAccuracy,
        F1 = probe.Report.F1,
        RocAuc = probe.Report.RocAuc,
        Intercept = probe.Fit.Intercept,
        Confusion = [probe.Report.TrueNegatives, probe.Report.FalsePositives, probe.Report.FalseNegatives, probe.Report.TruePositives],
        Iterations = probe.Fit.Iterations,
        GradientMax = probe.Fit.GradientMax,
        Converged = probe.Fit.Converged,
        TrainingTexts = probe.Split.Training.Length,
        ValidationTexts = probe.Split.Validation.Length,
    };

    private Dictionary<string, string> Origin(RunContext context)
    {
        var origin = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["run"] = context.Spec.Id,
            ["method"] = parameters.Method.ToString(),
            ["protocol"] = parameters.Protocol.ToString(),
            ["seed"] = parameters.Seed.ToString(CultureInfo.InvariantCulture),
        };
        foreach (var (name, digest) in context.Digests)
            origin[$"sha256 of {name}"] = digest;
        return origin;
    }
}
