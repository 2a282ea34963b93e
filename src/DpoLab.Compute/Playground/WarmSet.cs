using DpoLab.Compute.Directions;
using DpoLab.Compute.Interventions;
using DpoLab.Compute.Neurons;
using DpoLab.Compute.Runs;
using DpoLab.Compute.Toxicity;
using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Playground;
using DpoLab.Contracts.Runs;
using static TorchSharp.torch;

namespace DpoLab.Compute.Playground;

/// <summary>The models, direction and statistics of one neurons run, and a scorer: each loaded when it is first asked for, then kept.</summary>
internal sealed class WarmSet : IDisposable
{
    private readonly InputResolver inputs;
    private readonly NeuronsParameters parameters;
    private readonly Lazy<NeuronStatistics> statistics;
    private LoadedModel? plain;
    private LoadedModel? tuned;
    private Tensor? unit;
    private (InputRef Input, string? Label, IToxicityScorer Loaded)? scorer;

    private WarmSet(string runId, Precision precision, InputResolver inputs, NeuronsParameters parameters)
    {
        (RunId, Precision, this.inputs, this.parameters) = (runId, precision, inputs, parameters);
        statistics = new(() => NeuronStatisticsFile.Read(inputs.Find(InputRef.OfArtifact(runId, Artifacts.Neurons))));
        Device = cuda.is_available() ? CUDA : CPU;
    }

    public string RunId { get; }

    public Precision Precision { get; }

    public Device Device { get; }

    /// <summary>Finds what a run was made of, and refuses models that have changed since.</summary>
    /// <exception cref="InputException">There is no such run here, or an input is missing or changed.</exception>
    public static WarmSet Open(string data, string runId, Precision precision, CancellationToken cancellation)
    {
        if (!RunIds.IsValid(runId))
            throw new InputException($"“{runId}” is not the id of a run.");
        var directory = new RunDirectory(Path.Combine(InputResolver.RunsPath(data), runId));
        if (!File.Exists(directory.SpecPath))
            throw new InputException($"Run {runId} is not on this compute service. Choose a neurons run that was made here.");
        if (directory.ReadSpec().Parameters is not NeuronsParameters parameters)
            throw new InputException($"Run {runId} is no run of neuron statistics.");
        var resolver = new InputResolver(data);
        _ = resolver.Digests([parameters.Base, parameters.Tuned, parameters.Direction], cancellation);
        return new WarmSet(runId, precision, resolver, parameters);
    }

    /// <summary>The base model.</summary>
    public LoadedModel Base(Action<PlaygroundEvent> tell) => plain ??= Load(parameters.Base, tell);

    /// <summary>The base model, or the tuned one.</summary>
    public LoadedModel Model(bool wantsTuned, Action<PlaygroundEvent> tell) => wantsTuned ? tuned ??= Load(parameters.Tuned, tell) : Base(tell);

    /// <summary>w/‖w‖ of the run's direction: <c>[D, 1]</c> in fp32.</summary>
    public Tensor Direction(int width)
    {
        if (unit is null)
        {
            using var scope = NewDisposeScope();
            var w = tensor(DirectionFile.Read(inputs.Find(parameters.Direction), width).Vector, ScalarType.Float64);
            unit = (w / w.norm()).to(ScalarType.Float32).to(Device).unsqueeze(1).DetachFromDisposeScope();
        }

        return unit;
    }

    /// <summary>Works out what an intervention does to one of the models; a live patch loads the tuned one beside it.</summary>
    /// <exception cref="InputException">It does not fit the model, or would be refused as a run.</exception>
    public InterventionPlan Plan(Intervention intervention, LoadedModel model, Action<PlaygroundEvent> tell)
    {
        var c = model.Decoder.Configuration;
        return new InterventionPlanner(
            new ModelShape(c.Layers, c.Neurons, c.Width),
            statistics.Value,
            direction => DirectionFile.Read(inputs.Find(direction), c.Width).Vector,
            source => LiveValuesOf(source, tell).Decoder,
            readSet: set => NeuronSetFile.Read(inputs.Find(set))).Plan(intervention);
    }

    /// <summary>A scorer; the last one stays loaded.</summary>
    public IToxicityScorer Scorer(InputRef input, string? label, Action<PlaygroundEvent> tell)
    {
        if (scorer is { } known && known.Input == input && known.Label == label)
            return known.Loaded;
        tell(new LoadingEvent(input.Name));
        scorer?.Loaded.Dispose();
        scorer = null;
        var loaded = ToxicityScorers.Load(inputs.Find(input), label, Device);
        scorer = (input, label, loaded);
        return loaded;
    }

    /// <summary>The path of a dataset and how its columns are read.</summary>
    public Data.DatasetFile FileOf(DatasetRef dataset) => Data.DatasetFile.Of(inputs.Find(dataset.File), dataset);

    public void Dispose()
    {
        plain?.Dispose();
        tuned?.Dispose();
        unit?.Dispose();
        scorer?.Loaded.Dispose();
    }

    /// <summary>The model that reads along in a live patch.</summary>
    private LoadedModel LiveValuesOf(InputRef source, Action<PlaygroundEvent> tell)
    {
        string path = inputs.Find(source);
        if (ModelRefusals.LiveValues(path == inputs.Find(parameters.Base), source.Name) is { } refusal)
            throw new InputException(refusal);
        return path == inputs.Find(parameters.Tuned)
            ? Model(wantsTuned: true, tell)
            : throw new InputException($"{source.Name} is not the tuned model of run {RunId}, and the playground loads no third one. Make it a dynamic patch run.");
    }

    private LoadedModel Load(InputRef model, Action<PlaygroundEvent> tell)
    {
        tell(new LoadingEvent(model.Name));
        return LoadedModel.Load(inputs.Find(model), Device, Precision is Precision.Bf16 ? ScalarType.BFloat16 : ScalarType.Float32);
    }
}
