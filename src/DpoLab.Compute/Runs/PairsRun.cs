using System.Text.Encodings.Web;
using System.Text.Json;
using DpoLab.Compute.Data;
using DpoLab.Contracts;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Runs;

/// <summary>Checks a dataset of preference pairs record by record and writes it in the lab's form.</summary>
internal sealed class PairsRun(PairsParameters parameters) : IRun
{
    private const string Read = "read the pairs";
    private static readonly JsonSerializerOptions Readable = new(ContractJson.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public IReadOnlyList<RunStage> Stages => [new(Read)];

    public RunResult Execute(RunContext context)
    {
        if (parameters.Source is not PairsSource.Dataset)
            throw new InputException("This version of the lab cannot make pairs by a model. Choose a dataset of pairs.");
        var stage = context.Report.Begin(Read, "files", 1);
        var pairs = Datasets.PreferencePairs(DatasetFile.Of(context.Inputs.Find(parameters.Pairs!.File), parameters.Pairs), context.Cancellation);
        context.Artifacts.File(Artifacts.Pairs, path => File.WriteAllLines(path, pairs.Select(pair => JsonSerializer.Serialize(pair, Readable))));
        stage.Report(1);
        return new PairsResult { Pairs = pairs.Count, Discarded = 0 };
    }
}
