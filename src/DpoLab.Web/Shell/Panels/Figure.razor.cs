using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace DpoLab.Web.Shell;

/// <summary>A panel around a chart, with the table behind it, enlarging and a picture to download.</summary>
public partial class Figure : IAsyncDisposable
{
    private ElementReference element;
    private JsModule? module;

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    [Parameter, EditorRequired]
    public string Title { get; set; } = "";

    /// <summary>Unit and what is shown.</summary>
    [Parameter]
    public string? Sub { get; set; }

    [Parameter]
    public RenderFragment? Legend { get; set; }

    /// <summary>Further switches, before the figure's own buttons.</summary>
    [Parameter]
    public RenderFragment? Actions { get; set; }

    /// <summary>Instead of the button that saves what is on the screen.</summary>
    [Parameter]
    public RenderFragment? Downloads { get; set; }

    [Parameter]
    public RenderFragment? ChildContent { get; set; }

    /// <summary>The numbers behind the figure, as a table.</summary>
    [Parameter]
    public RenderFragment? Table { get; set; }

    /// <summary>A legend that needs its own line.</summary>
    [Parameter]
    public RenderFragment? Below { get; set; }

    /// <summary>Runs, model revision, digests, scorer, n and seed behind the figure.</summary>
    [Parameter]
    public RenderFragment? Origin { get; set; }

    /// <summary>Open the table first, for an address that says so.</summary>
    [Parameter]
    public bool TableFirst { get; set; }

    /// <summary>Raised with what is now shown.</summary>
    [Parameter]
    public EventCallback<bool> TableShown { get; set; }

    /// <summary>The content brings its own padding.</summary>
    [Parameter]
    public bool Flush { get; set; }

    [Parameter]
    public string? Class { get; set; }

    private bool ShowsTable { get; set; }

    private bool Enlarged { get; set; }

    /// <inheritdoc/>
    protected override void OnInitialized() => ShowsTable = TableFirst && Table is not null;

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        module = new JsModule(Js, "./js/figures.js");
        await module.InvokeVoidAsync("watch", element);
    }

    private async Task ToggleTableAsync()
    {
        ShowsTable = !ShowsTable;
        await TableShown.InvokeAsync(ShowsTable);
    }

    private async Task ToggleSizeAsync()
    {
        Enlarged = !Enlarged;
        if (module is not null)
            await module.InvokeVoidAsync("enlarged", element, Enlarged);
    }

    private async Task DownloadAsync()
    {
        if (module is not null)
            await module.InvokeVoidAsync("download", element, Title);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (module is not null)
            await module.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
