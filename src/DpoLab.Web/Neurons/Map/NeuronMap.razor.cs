using DpoLab.Web.Charts;
using DpoLab.Web.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace DpoLab.Web.Neurons;

/// <summary>The neuron map: points come to the browser as one binary array and are drawn with WebGL, or by hand where there is no graphics card (wwwroot/js/neuron-map.js).</summary>
public sealed partial class NeuronMap : IAsyncDisposable
{
    private const int Named = 8;

    private readonly string id = Guid.NewGuid().ToString("n");
    private ElementReference element;
    private JsModule? module;
    private DotNetObjectReference<NeuronMap>? self;
    private MapSettings? drawn;

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    [Parameter, EditorRequired]
    public string RunId { get; set; } = "";

    [Parameter, EditorRequired]
    public ChosenNeurons Chosen { get; set; } = null!;

    [Parameter, EditorRequired]
    public NeuronFilter Filter { get; set; } = null!;

    /// <summary>The zoomed part; null: all.</summary>
    [Parameter]
    public MapRegion.Box? View { get; set; }

    /// <summary>What a drag does: <c>brush</c>, <c>lasso</c> or <c>pan</c>.</summary>
    [Parameter]
    public string Tool { get; set; } = "brush";

    [Parameter]
    public int Height { get; set; } = 400;

    /// <summary>A region was drawn; null: it was taken away.</summary>
    [Parameter]
    public EventCallback<MapRegion?> RegionDrawn { get; set; }

    [Parameter]
    public EventCallback<MapRegion.Box?> Zoomed { get; set; }

    /// <summary>The flat index of the neuron that was clicked on.</summary>
    [Parameter]
    public EventCallback<int> NeuronClicked { get; set; }

    private NeuronTable Table => Chosen.Table;

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        MapSettings settings = Settings();
        if (drawn is not null && settings.Says(drawn))
            return;
        drawn = settings;
        if (module is not null)
        {
            await module.InvokeVoidAsync("show", id, settings);
            return;
        }

        module = new JsModule(Js, "./js/neuron-map.js");
        self = DotNetObjectReference.Create(this);
        await module.InvokeVoidAsync("open", id, element, settings, self);
    }

    /// <summary>Called by the browser with either form, or neither.</summary>
    [JSInvokable]
    public Task OnRegionAsync(double[]? box, double[]? lasso)
    {
        MapRegion? region = (box, lasso) switch
        {
            ([var left, var right, var bottom, var top], _) => new MapRegion.Box(left, right, bottom, top),
            (_, { Length: >= 6 } corners) => MapRegion.Lasso.Of([.. corners.Chunk(2).Select(p => (p[0], p[1]))]),
            _ => null,
        };
        return region is null && Filter.Region is null ? Task.CompletedTask : RegionDrawn.InvokeAsync(region);
    }

    /// <summary>Called by the browser.</summary>
    [JSInvokable]
    public Task OnViewAsync(double[]? view) =>
        Zoomed.InvokeAsync(view is [var left, var right, var bottom, var top] ? new MapRegion.Box(left, right, bottom, top) : null);

    /// <summary>Called by the browser.</summary>
    [JSInvokable]
    public Task OnNeuronAsync(int neuron) => NeuronClicked.InvokeAsync(neuron);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (module is not null)
        {
            await module.InvokeVoidAsync("release", id);
            await module.DisposeAsync();
        }

        self?.Dispose();
    }

    private MapSettings Settings()
    {
        var axes = new NeuronFilter { X = Filter.X, Y = Filter.Y };
        return new MapSettings
        {
            Points = Urls.NeuronData(RunId, "points", [.. axes.Write()]),
            Chosen = Filter.IsEmpty ? null : Urls.NeuronData(RunId, "chosen", [.. Filter.Write()]),
            X = MapAxis.Of(Filter.X),
            Y = MapAxis.Of(Filter.Y),
            PerLayer = Table.NeuronsPerLayer,
            Corners = axes.Write().All(part => part.Value is null),
            Region = MapShape.Of(Filter.Region),
            View = View is { } v ? [v.Left, v.Right, v.Bottom, v.Top] : null,
            Tool = Tool,
            RegionSays = Filter.Region is null ? null : $"{Numbers.Count(Chosen.Count)} chosen",
            Names = Names(),
        };
    }

    /// <summary>The strongest reductions among the chosen carry their names.</summary>
    private IReadOnlyList<MapName> Names()
    {
        var (x, y) = (Table[Filter.X], Table[Filter.Y]);
        return
        [
            .. Chosen.Page(NeuronColumn.ProjectionChange, descending: false, 0, Named).Where(i => double.IsFinite(x[i]) && double.IsFinite(y[i])).Select(i => new MapName(
                x[i], y[i], NeuronViews.Name(Table.IndexOf(i)), Table.GroupOf(i) is { } group ? Words.Of(group).ToLowerInvariant() : "raised")),
        ];
    }
}

/// <summary>What the map shows, for the browser.</summary>
internal sealed record MapSettings
{
    public required string Points { get; init; }

    /// <summary>Null: every neuron is chosen.</summary>
    public required string? Chosen { get; init; }

    public required MapAxis X { get; init; }

    public required MapAxis Y { get; init; }

    public required int PerLayer { get; init; }

    /// <summary>The quadrants are named in the corners.</summary>
    public required bool Corners { get; init; }

    public required MapShape? Region { get; init; }

    public required double[]? View { get; init; }

    public required string Tool { get; init; }

    [System.Text.Json.Serialization.JsonPropertyName("says")]
    public required string? RegionSays { get; init; }

    public required IReadOnlyList<MapName> Names { get; init; }

    /// <summary>Whether another one shows the same. A view is not compared: the browser that zoomed has it already.</summary>
    public bool Says(MapSettings other) =>
        (Points, Chosen, Tool, RegionSays, View is null) == (other.Points, other.Chosen, other.Tool, other.RegionSays, other.View is null);
}

/// <summary>An axis of the map.</summary>
internal sealed record MapAxis(string Title, string Short, string Format)
{
    public static MapAxis Of(NeuronColumn column) => new(
        NeuronColumnWords.Of(column).Title,
        NeuronColumnWords.Of(column).Short,
        column switch
        {
            NeuronColumn.Cosine => ChartFormat.Fraction,
            NeuronColumn.Layer or NeuronColumn.ToxicRank => ChartFormat.Count,
            _ => ChartFormat.Plain,
        });
}

/// <summary>A named neuron on the map.</summary>
internal sealed record MapName(double X, double Y, string Text, string Group);

/// <summary>A region in data coordinates: left, right, bottom, top, or corners.</summary>
internal sealed record MapShape(double[]? Box, double[][]? Lasso)
{
    public static MapShape? Of(MapRegion? region) => region switch
    {
        MapRegion.Box b => new MapShape([b.Left, b.Right, b.Bottom, b.Top], null),
        MapRegion.Lasso l => new MapShape(null, [.. l.Points.Select(p => (double[])[p.X, p.Y])]),
        _ => null,
    };
}
