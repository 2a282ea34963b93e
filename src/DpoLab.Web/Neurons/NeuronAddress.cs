using System.Globalization;

namespace DpoLab.Web.Neurons;

/// <summary>Everything that the Neurons page shows, as its address says it.</summary>
public sealed record NeuronAddress
{
    /// <summary>k of the toxic-aligned neurons, unless the address names another one.</summary>
    public const int UsualTop = 256;

    public NeuronFilter Filter { get; init; } = new();

    /// <summary>Left, right, bottom, top of the zoomed map; null: all of it.</summary>
    public MapRegion.Box? View { get; init; }

    public NeuronColumn Sort { get; init; } = NeuronColumn.ProjectionChange;

    public bool Descending { get; init; }

    /// <summary>From 1.</summary>
    public int Page { get; init; } = 1;

    /// <summary>k of the most toxic-aligned neurons whose share is asked for.</summary>
    public int Top { get; init; } = UsualTop;

    /// <summary>What a drag on the map does: <c>brush</c>, <c>lasso</c> or <c>pan</c>.</summary>
    public string Tool { get; init; } = "brush";

    /// <summary>The query values that say it; nulls stand for what is usual.</summary>
    public (string Name, string? Value)[] Write() =>
    [
        .. Filter.Write(),
        ("view", View?.ToString()),
        ("sort", Sort is NeuronColumn.ProjectionChange ? null : NeuronColumnWords.Of(Sort).Name),
        ("order", Descending ? "falling" : null),
        ("page", Page > 1 ? Page.ToString(CultureInfo.InvariantCulture) : null),
        ("top", Top == UsualTop ? null : Top.ToString(CultureInfo.InvariantCulture)),
        ("tool", Tool is "brush" ? null : Tool),
    ];
}
