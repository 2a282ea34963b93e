using DpoLab.Contracts.Runs;

namespace DpoLab.Contracts.Hosting;

/// <summary>A compute service as it is now.</summary>
public sealed record ServiceReport
{
    public required string Host { get; init; }

    /// <summary>Version of the lab that it runs.</summary>
    public required string Version { get; init; }

    /// <summary><c>local</c> or <c>slurm</c>.</summary>
    public required string Executor { get; init; }

    public required IReadOnlyList<DeviceReport> Devices { get; init; }

    public required QueueReport Queue { get; init; }

    /// <summary>Free bytes where run directories are written.</summary>
    public long FreeDiskBytes { get; init; }

    /// <summary>Where downloads come from and whether a token for gated repositories is there; null: an older service.</summary>
    public HubReport? Hub { get; init; }
}

/// <summary>Where a compute service's token for gated repositories comes from.</summary>
public enum HubTokenSource
{
    None,

    /// <summary>The variable HF_TOKEN of the service's environment.</summary>
    Environment,

    /// <summary>Set by an administrator of the lab.</summary>
    Lab,
}

/// <summary>A compute service's way to the Hugging Face hub.</summary>
/// <param name="Endpoint">Host and port, as HF_ENDPOINT says.</param>
/// <param name="Token">Whether there is a token, never the token.</param>
public sealed record HubReport(string Endpoint, HubTokenSource Token);

/// <summary>One device.</summary>
/// <param name="Name">As <c>cpu</c>, <c>cuda:0</c>.</param>
/// <param name="Hardware">What people call it.</param>
/// <param name="MemoryBytes">In all.</param>
/// <param name="UsedBytes">Now; null: not known.</param>
/// <param name="Busy">0 to 1; null: not known.</param>
/// <param name="TemperatureCelsius">Null: not known.</param>
public sealed record DeviceReport(
    string Name, string Hardware, long MemoryBytes, long? UsedBytes = null, double? Busy = null, double? TemperatureCelsius = null);

/// <summary>What runs and what waits on a service.</summary>
public sealed record QueueReport
{
    /// <summary>Run ids.</summary>
    public required IReadOnlyList<string> Running { get; init; }

    /// <summary>Run ids in the order in which they will start.</summary>
    public required IReadOnlyList<string> Waiting { get; init; }
}

/// <summary>What a model folder holds.</summary>
public sealed record ModelReport
{
    /// <summary><c>decoder</c> or <c>classifier</c>.</summary>
    public required string Role { get; init; }

    /// <summary><c>model_type</c> of its configuration.</summary>
    public required string Family { get; init; }

    public required long Parameters { get; init; }

    public required int Layers { get; init; }

    public required int Width { get; init; }

    /// <summary>MLP neurons a layer; classifiers: 0.</summary>
    public required int NeuronsPerLayer { get; init; }

    public required int Vocabulary { get; init; }

    /// <summary>Longest sequence, tokens.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Format in which the weights are stored.</summary>
    public required string StoredPrecision { get; init; }

    public required long WeightBytes { get; init; }

    /// <summary>SHA-256 over the sorted lines <c>sha256  path</c> of configuration, weights and tokenizer.</summary>
    public required string Digest { get; init; }

    /// <summary>Classifiers: names of the outputs.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>What not every model can do; null: a classifier, or a report of an older version.</summary>
    public ModelTraits? Traits { get; init; }

    /// <summary>What is odd about this folder, and what that keeps it from.</summary>
    public IReadOnlyList<string> Limits { get; init; } = [];
}

/// <summary>What a dataset holds, or the first thing that is wrong with it.</summary>
public sealed record DatasetReport
{
    public required DatasetKind Kind { get; init; }

    public required long Bytes { get; init; }

    public required string Digest { get; init; }

    public required int Records { get; init; }

    /// <summary>The columns found in the file.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>Role to column, as given or recognised.</summary>
    public required IReadOnlyDictionary<string, string> Mapping { get; init; }

    /// <summary>The first records, by role.</summary>
    public required IReadOnlyList<IReadOnlyDictionary<string, string>> Preview { get; init; }

    /// <summary>Null when every record can be used.</summary>
    public DatasetProblem? Problem { get; init; }
}

/// <summary>The first record that cannot be used.</summary>
/// <param name="Row">From 1, as an editor counts records; null: the file as a whole.</param>
/// <param name="Column">Null: the record as a whole.</param>
/// <param name="Message">What is there, what was expected, what to do.</param>
public sealed record DatasetProblem(int? Row, string? Column, string Message);
