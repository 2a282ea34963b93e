using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Runs;

namespace DpoLab.Web.Runs.NewRun.Estimates;

/// <summary>A finished run that an estimate can be measured by.</summary>
/// <param name="Model">Label of its model.</param>
/// <param name="Parameters">Its settings.</param>
/// <param name="Seconds">From its start to its end.</param>
/// <param name="PeakBytes">Null: not known.</param>
public sealed record EarlierRun(string? Model, RunParameters Parameters, double Seconds, long? PeakBytes);

/// <summary>How long one run takes and what it needs, and what that is based on.</summary>
public sealed record RunEstimate
{
    /// <summary>Multiply-adds a second where nothing was measured: two CPU cores, and a data-centre GPU at fp32 and bf16.</summary>
    private const double CpuFlops = 60e9;
    private const double GpuFlops = 30e12;
    private const double GpuHalfFlops = 150e12;

    /// <summary>A process that loads libtorch and a model needs this long before it computes.</summary>
    private const double StartSeconds = 4;

    /// <summary>Null: an input's size is not known.</summary>
    public double? Seconds { get; init; }

    /// <summary>Null: the model is not known.</summary>
    public RunMemory? Memory { get; init; }

    /// <summary>Of the device that it would run on; null: not known.</summary>
    public long? DeviceBytes { get; init; }

    /// <summary>What the numbers come from, in one sentence.</summary>
    public required string BasedOn { get; init; }

    /// <summary>Estimates one run.</summary>
    /// <param name="parameters">Valid settings.</param>
    /// <param name="facts">Sizes of its inputs.</param>
    /// <param name="device">Where it would run; null: not known.</param>
    /// <param name="earlier">Finished runs of the same service.</param>
    public static RunEstimate Of(RunParameters parameters, InputFacts facts, DeviceReport? device, IReadOnlyList<EarlierRun> earlier)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(earlier);
        if (Model(parameters) is not { } input || facts.Model(input) is not { } model)
        {
            return parameters switch
            {
                PairsParameters { Source: PairsSource.Dataset } => new RunEstimate { Seconds = StartSeconds, BasedOn = "a file is read once, no model is loaded" },
                DownloadParameters => new RunEstimate { BasedOn = "nothing yet: the hub says how large it is when the run asks, and it is seen then whether the disk holds it" },
                _ => new RunEstimate { BasedOn = "nothing yet: the model’s size is not known until it is added under Models" },
            };
        }

        var memory = RunMemory.Of(parameters, model);
        if (Rule(parameters, facts, device) is not { } rule)
            return new RunEstimate { Memory = memory, DeviceBytes = device?.MemoryBytes, BasedOn = "the model’s shapes; the dataset’s size is not known" };
        var (factor, basedOn) = Measured(parameters, input.Name, facts, device, earlier);
        return new RunEstimate { Seconds = StartSeconds + rule * factor, Memory = memory, DeviceBytes = device?.MemoryBytes, BasedOn = basedOn };
    }

    /// <summary>The model whose size counts.</summary>
    public static InputRef? Model(RunParameters parameters) => parameters switch
    {
        DirectionParameters p => p.Model,
        PairsParameters p => p.Model,
        DpoParameters p => p.Model,
        NeuronsParameters p => p.Base,
        EvaluateParameters p => p.Model,
        SweepParameters p => p.Model,
        SearchParameters p => p.Model,
        VerifyParameters p => p.Model,
        ExportParameters p => p.Model,
        DynamicPatchParameters p => p.Model,
        SurviveParameters p => p.Model,
        _ => null,
    };

    private static double? Rule(RunParameters parameters, InputFacts facts, DeviceReport? device) =>
        Model(parameters) is { } input && facts.Model(input) is { } model && RunWork.Of(parameters, facts) is { } work
            ? work.Flops(model.Parameters) / Speed(parameters.Precision, device)
            : null;

    private static double Speed(Precision precision, DeviceReport? device) => device?.Name.StartsWith("cuda", StringComparison.Ordinal) == true
        ? precision is Precision.Bf16 ? GpuHalfFlops : GpuFlops
        : CpuFlops;

    /// <summary>How much longer than the rule of thumb such runs took here.</summary>
    private static (double Factor, string BasedOn) Measured(
        RunParameters parameters, string model, InputFacts facts, DeviceReport? device, IReadOnlyList<EarlierRun> earlier)
    {
        var sameKind = earlier.Where(run => run.Parameters.Kind == parameters.Kind && run.Seconds > StartSeconds).ToList();
        var sameModel = sameKind.Where(run => run.Model == model).ToList();
        foreach (var (runs, words) in new[] { (sameModel, "of this model here"), (sameKind, "of this kind here") })
        {
            var factors = runs
                .Select(run => (run.Seconds - StartSeconds) / Rule(run.Parameters, facts, device))
                .OfType<double>()
                .Where(factor => double.IsFinite(factor) && factor > 0)
                .Order()
                .ToList();
            if (factors.Count > 0)
                return (factors[factors.Count / 2], $"{factors.Count} earlier {(factors.Count == 1 ? "run" : "runs")} {words}");
        }

        return (1, $"a rule of thumb, {Speed(parameters.Precision, device) / 1e9:#,0} GFLOP/s: no such run has finished here yet");
    }
}
