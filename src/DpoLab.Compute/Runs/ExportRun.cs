using DpoLab.Compute.Directions;
using DpoLab.Compute.Interventions;
using DpoLab.Compute.Models;
using DpoLab.Compute.Neurons;
using DpoLab.Compute.Training;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using TorchSharp;

namespace DpoLab.Compute.Runs;

/// <summary>Writes a tuned, merged or edited model as a Hugging Face folder, which is there only if it computes what the live model computes.</summary>
internal sealed class ExportRun(ExportParameters parameters) : IRun
{
    private const string Load = "load the model";
    private const string Live = "read the texts";
    private const string Save = "write the folder";
    private const string Compare = "load it again and compare";

    public IReadOnlyList<RunStage> Stages => [new(Load, 2), new(Live), new(Save, 4), new(Compare, 3)];

    public RunResult Execute(RunContext context)
    {
        using var noGradients = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var loading = context.Report.Begin(Load, "models", 1);
        using var model = LoadedModel.Load(context, parameters.Model);
        using var adapters = parameters.Adapter is { } adapter ? LoraFolder.Load(model.Decoder, context.Inputs.Find(adapter)) : null;
        var plan = Plan(context, model.Decoder, adapters is not null);
        loading.Report(1);

        var reading = context.Report.Begin(Live, "texts", parameters.Texts.Count);
        var texts = new ComparedTexts([.. parameters.Texts.Select((text, i) => model.Encode(text, model.Decoder.Configuration.ContextLength, $"Text {i + 1}")).Where(ids => ids.Length > 0)]);
        var live = texts.Read(model.Decoder, plan);
        if (adapters is not null)
            adapters.Enabled = false;
        double change = ComparedTexts.LargestDifference(live, texts.Read(model.Decoder, plan: null));
        if (change == 0 && (plan ?? (object?)adapters) is not null)
            context.Report.Log("What is written into the weights moves no logit on these texts.", LogLevel.Warning);
        reading.Report(parameters.Texts.Count);

        WriteIn(model.Decoder, adapters, plan);
        ExportResult? result = null;
        context.Artifacts.Folder(Artifacts.Exported, path => result = SaveAndCheck(context, model, path, (texts, live), change));
        return result! with { Intervention = parameters.Intervention, Neurons = plan?.Neurons, Merged = adapters is not null };
    }

    /// <summary>The folder is not called an artifact before it has been loaded again: what throws here takes it away.</summary>
    private ExportResult SaveAndCheck(RunContext context, LoadedModel model, string path, (ComparedTexts Texts, IReadOnlyList<torch.Tensor> Logits) live, double change)
    {
        var saving = context.Report.Begin(Save, "folders", 1);
        var export = ModelExport.Write(model.Decoder, path, parameters.Format, (long)parameters.ShardMegabytes * 1_000_000);
        saving.Report(1);

        var comparing = context.Report.Begin(Compare, "folders", 1);
        using var again = Decoder.Load(path, context.Device, context.Precision);
        double share = Math.Max(ModelExport.Rounding(export.Coarsest), ModelExport.Rounding(context.Precision));
        var check = live.Texts.Compare(live.Logits, again, share) with { LogitChange = change };
        if (!(check.LargestDifference <= check.Bound))
        {
            throw new InterventionException(
                $"The exported folder does not compute what the live model computes: a logit differs by {check.LargestDifference:g3}, at most {check.Bound:g3} is rounding. "
                + "The folder was taken away. Store it in fp32 if it was rounded; otherwise please report it with the run's spec.");
        }

        string digest = ContentDigest.OfFolder(path, ModelFiles.Count, context.Cancellation).Sha256;
        var result = new ExportResult
        {
            Model = parameters.Model.Name,
            ModelDigest = context.Inputs.Digest(parameters.Model, context.Cancellation),
            Digest = digest,
            WeightBytes = export.Bytes,
            Shards = export.Files,
            StoredPrecision = ModelInspection.Of(path, context.Cancellation).StoredPrecision,
            Merged = parameters.Adapter is not null,
            Check = check,
        };
        File.WriteAllText(Path.Combine(path, "README.md"), ModelCard.Of(context, parameters, result));
        comparing.Report(1);
        return result;
    }

    private static void WriteIn(Decoder decoder, LoraAdapters? adapters, InterventionPlan? plan)
    {
        using var scope = torch.NewDisposeScope();
        if (adapters is not null)
        {
            foreach (var (name, merged) in adapters.Merged())
                decoder.Parameters[name].copy_(merged);
        }

        if (plan is not null)
            BakedIntervention.Bake(decoder, plan);
    }

    private InterventionPlan? Plan(RunContext context, Decoder decoder, bool hasAdapter)
    {
        if (parameters.Intervention is not { } intervention)
            return null;
        var c = decoder.Configuration;
        var statistics = parameters.Neurons is { } file ? NeuronStatisticsFile.Read(context.Inputs.Find(file)) : null;
        var planner = new InterventionPlanner(
            new ModelShape(c.Layers, c.Neurons, c.Width),
            statistics,
            direction => DirectionFile.Read(context.Inputs.Find(direction), c.Width).Vector,
            readSet: set => NeuronSetFile.Read(context.Inputs.Find(set)));
        var plan = planner.Plan(intervention);
        if (BakedIntervention.WhyNot(decoder, plan) is { } reason)
            throw new InputException($"This intervention cannot be written into the weights of {parameters.Model.Name}. {reason}");
        return hasAdapter && plan.Operations.OfType<KeyOperation>().Any()
            ? throw new InputException("Scaled keys of a model with an adapter: export the merged model first, then scale the keys of that.")
            : plan;
    }
}
