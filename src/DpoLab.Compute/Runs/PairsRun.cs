using System.Text.Encodings.Web;
using System.Text.Json;
using DpoLab.Compute.Data;
using DpoLab.Contracts;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using TorchSharp;

namespace DpoLab.Compute.Runs;

/// <summary>Preference pairs in the lab's form: from a dataset, checked record by record, or from a model's own answers.</summary>
internal sealed class PairsRun(PairsParameters parameters) : IRun
{
    private const string Read = "read the pairs";
    private static readonly JsonSerializerOptions Readable = new(ContractJson.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public IReadOnlyList<RunStage> Stages => parameters.Source is PairsSource.Dataset ? [new(Read)] : ModelPairsRun.Stages;

    public RunResult Execute(RunContext context)
    {
        using var noGradients = torch.no_grad();
        var (pairs, result) = parameters.Source is PairsSource.Dataset ? FromDataset(context) : new ModelPairsRun(parameters, context).Make();
        context.Artifacts.File(Artifacts.Pairs, path => File.WriteAllLines(path, pairs.Select(pair => JsonSerializer.Serialize(pair, Readable))));
        return result;
    }

    private (IReadOnlyList<PreferencePair> Pairs, PairsResult Result) FromDataset(RunContext context)
    {
        var stage = context.Report.Begin(Read, "files", 1);
        var pairs = Datasets.PreferencePairs(DatasetFile.Of(context.Inputs.Find(parameters.Pairs!.File), parameters.Pairs), context.Cancellation);
        stage.Report(1);
        return (pairs, new PairsResult { Pairs = pairs.Count, Discarded = 0 });
    }
}
