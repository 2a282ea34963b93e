namespace DpoLab.Web.Data;

/// <summary>A named list of neurons. What it holds is in its versions.</summary>
public sealed class NeuronSetEntity
{
    public int Id { get; init; }

    /// <summary>Unique in the lab.</summary>
    public required string Name { get; set; }

    public string Description { get; set; } = "";

    public required string CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>What a set held from a time on: never changed once it is there.</summary>
public sealed class NeuronSetVersionEntity
{
    public required int SetId { get; init; }

    /// <summary>From 1.</summary>
    public required int Version { get; init; }

    public required int Layers { get; init; }

    public required int NeuronsPerLayer { get; init; }

    /// <summary>How many neurons it holds.</summary>
    public required int Count { get; init; }

    /// <summary>The safetensors file that runs read (<c>NeuronSetArrays</c>).</summary>
    public required byte[] File { get; init; }

    /// <summary>SHA-256 of <see cref="File"/>: by it runs name the set.</summary>
    public required string Digest { get; init; }

    /// <summary>Where it came from, in words: a choice on a run's neurons, a group, the tuning-free rule, a file.</summary>
    public required string Origin { get; init; }

    /// <summary>The neurons run that it was chosen from, if any.</summary>
    public string? RunId { get; init; }

    public required string CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
