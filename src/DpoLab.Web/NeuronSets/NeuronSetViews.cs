using DpoLab.Contracts.Runs;
using DpoLab.Web.Runs;

namespace DpoLab.Web.NeuronSets;

/// <summary>A set in a list, as its newest version.</summary>
public sealed record NeuronSetSummary(
    int Id, string Name, string Description, int Version, int Layers, int NeuronsPerLayer, int Count, string Digest, string Origin, string? RunId,
    string ChangedBy, DateTimeOffset ChangedAt)
{
    /// <summary>What specs say of its newest version.</summary>
    public InputRef Reference => InputRef.OfUpload(Digest, NameOf(Name, Version));

    /// <summary>A version as people and runs name it.</summary>
    public static string NameOf(string name, int version) => $"{name}, v{version}";
}

/// <summary>A version of a set as something to choose.</summary>
/// <param name="Id">Of the set.</param>
/// <param name="Name">Of the set.</param>
/// <param name="Version">Which.</param>
/// <param name="Count">Its neurons.</param>
/// <param name="Digest">SHA-256 of the file that runs read.</param>
/// <param name="IsNewest">No later version is there.</param>
public sealed record NeuronSetChoice(int Id, string Name, int Version, int Count, string Digest, bool IsNewest)
{
    /// <summary>What specs and questions say.</summary>
    public InputRef Reference => InputRef.OfUpload(Digest, NeuronSetSummary.NameOf(Name, Version));
}

/// <summary>A version of a set, without its neurons.</summary>
public sealed record NeuronSetVersion(
    int Version, int Layers, int NeuronsPerLayer, int Count, string Digest, string Origin, string? RunId, string CreatedBy, DateTimeOffset CreatedAt);

/// <summary>A set's page: its versions, newest first, the neurons of the one that is looked at, and who used which.</summary>
/// <param name="Summary">The newest version.</param>
/// <param name="Versions">Newest first.</param>
/// <param name="Shown">The version that is looked at.</param>
/// <param name="Neurons">Of that version: flat indices, rising.</param>
/// <param name="Uses">Runs whose specs name a version.</param>
public sealed record NeuronSetView(
    NeuronSetSummary Summary, IReadOnlyList<NeuronSetVersion> Versions, NeuronSetVersion Shown, IReadOnlyList<int> Neurons, IReadOnlyList<NeuronSetUse> Uses)
{
    /// <summary>How many of them lie in each layer.</summary>
    public IReadOnlyList<int> ByLayer => NeuronSetComparison.Layers(Neurons, Shown.Layers, Shown.NeuronsPerLayer);
}

/// <summary>A run that names a version of a set.</summary>
public sealed record NeuronSetUse(int Version, RunLink Run, RunKind Kind);

/// <summary>A set to be saved.</summary>
public sealed record NewNeuronSet
{
    /// <summary>Of a new set, or of the one that gets another version.</summary>
    public required string Name { get; init; }

    /// <summary>Null: as it was.</summary>
    public string? Description { get; init; }

    public required int Layers { get; init; }

    public required int NeuronsPerLayer { get; init; }

    /// <summary>Flat indices layer·n + i, in any order.</summary>
    public required IReadOnlyCollection<int> Neurons { get; init; }

    /// <summary>Where they come from, in words.</summary>
    public required string Origin { get; init; }

    public string? RunId { get; init; }
}
