namespace DpoLab.Web.Neurons;

/// <summary>Which neurons are looked at: a condition, a region of the map, or both. Nothing: all.</summary>
public sealed record NeuronFilter
{
    /// <summary>Of <see cref="ConditionParser"/>; null: none.</summary>
    public string? Where { get; init; }

    /// <summary>On the plane of the two axes; null: none.</summary>
    public MapRegion? Region { get; init; }

    public NeuronColumn X { get; init; } = NeuronColumn.Cosine;

    public NeuronColumn Y { get; init; } = NeuronColumn.ProjectionChange;

    /// <summary>True: all neurons.</summary>
    public bool IsEmpty => string.IsNullOrWhiteSpace(Where) && Region is null;

    /// <summary>What an address says; unknown axes become the usual ones, a region that cannot be read none.</summary>
    public static NeuronFilter Of(string? where, string? box, string? lasso, string? x, string? y) => new()
    {
        Where = string.IsNullOrWhiteSpace(where) ? null : where.Trim(),
        Region = MapRegion.Of(box, lasso),
        X = NeuronColumnWords.Find(x) ?? NeuronColumn.Cosine,
        Y = NeuronColumnWords.Find(y) ?? NeuronColumn.ProjectionChange,
    };

    /// <summary>The query values that say it; nulls stand for what is usual.</summary>
    public IReadOnlyList<(string Name, string? Value)> Write() =>
    [
        ("where", Where),
        ("box", (Region as MapRegion.Box)?.ToString()),
        ("lasso", (Region as MapRegion.Lasso)?.ToString()),
        ("x", X is NeuronColumn.Cosine ? null : NeuronColumnWords.Of(X).Name),
        ("y", Y is NeuronColumn.ProjectionChange ? null : NeuronColumnWords.Of(Y).Name),
    ];

    /// <summary>The neurons that it holds.</summary>
    /// <exception cref="ConditionException">The condition cannot be read.</exception>
    public ChosenNeurons Choose(NeuronTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (IsEmpty)
            return ChosenNeurons.All(table);
        Func<int, bool> holds = Where is null ? static _ => true : ConditionParser.Parse(Where)(table);
        if (Region is not { } region)
            return ChosenNeurons.Of(table, holds);
        var (x, y) = (table[X], table[Y]);
        return ChosenNeurons.Of(table, i => region.Holds(x[i], y[i]) && holds(i));
    }

    /// <summary>In words, for the origin of a set.</summary>
    public string Say() => (Where, Region) switch
    {
        (null, null) => "all neurons",
        ({ } where, null) => where,
        (var where, var region) => $"{(where is null ? "" : $"{where}; ")}{(region is MapRegion.Box ? "brushed" : "lassoed")} on {NeuronColumnWords.Of(X).Name} and {NeuronColumnWords.Of(Y).Name}",
    };
}
