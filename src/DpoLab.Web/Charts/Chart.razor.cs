using DpoLab.Web.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace DpoLab.Web.Charts;

/// <summary>Draws a <see cref="ChartFigure"/>; redraws when it is another one; takes tails of curves in between without a render.</summary>
public sealed partial class Chart : IAsyncDisposable
{
    // the element is gone from the document before the component is disposed of, so the browser knows the chart by this
    private readonly string id = Guid.NewGuid().ToString("n");
    private ElementReference element;
    private JsModule? module;
    private DotNetObjectReference<Chart>? self;
    private ChartFigure? drawn;

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    [Parameter, EditorRequired]
    public ChartFigure Figure { get; set; } = null!;

    /// <summary>What the chart shows, for those who cannot see it.</summary>
    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    [Parameter]
    public int Height { get; set; } = 200;

    /// <summary>One sentence inside the axes, where there is nothing to draw yet.</summary>
    [Parameter]
    public string? Says { get; set; }

    /// <summary>The range of x that is shown now; both null: all of it.</summary>
    [Parameter]
    public EventCallback<(double? From, double? To)> Zoomed { get; set; }

    /// <summary>Name of the series and index of the point.</summary>
    [Parameter]
    public EventCallback<(string Series, int Index)> PointClicked { get; set; }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (ReferenceEquals(Figure, drawn))
            return;
        drawn = Figure;
        if (module is null)
        {
            module = new JsModule(Js, "./js/charts.js");
            self = DotNetObjectReference.Create(this);
            await module.InvokeVoidAsync("draw", id, element, Figure, self);
        }
        else
        {
            await module.InvokeVoidAsync("update", id, Figure);
        }
    }

    /// <summary>Sends what was added to curves since the figure was drawn.</summary>
    public ValueTask ExtendAsync(IReadOnlyList<CurveTail> tails) =>
        module is null || tails.Count == 0 ? ValueTask.CompletedTask : module.InvokeVoidAsync("tails", id, tails);

    /// <summary>Called by the browser.</summary>
    [JSInvokable]
    public Task OnZoomedAsync(double? from, double? to) => Zoomed.InvokeAsync((from, to));

    /// <summary>Called by the browser.</summary>
    [JSInvokable]
    public Task OnPointClickedAsync(string series, int index) => PointClicked.InvokeAsync((series, index));

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
}
