using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace DpoLab.Web.Shell;

/// <summary>A dialog. Opened by <see cref="OpenAsync"/>, or in the browser by a button with <c>data-opens-dialog="id"</c>.</summary>
public partial class LabDialog : IAsyncDisposable
{
    private ElementReference element;
    private JsModule? module;

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    [Parameter]
    public string? Id { get; set; }

    [Parameter]
    public string? Title { get; set; }

    [Parameter, EditorRequired]
    public RenderFragment? ChildContent { get; set; }

    /// <summary>Buttons at the foot.</summary>
    [Parameter]
    public RenderFragment? Actions { get; set; }

    /// <summary>No padding.</summary>
    [Parameter]
    public bool Flush { get; set; }

    /// <summary>Raised when it was closed, however.</summary>
    [Parameter]
    public EventCallback Closed { get; set; }

    private JsModule Module => module ??= new JsModule(Js, "./js/dialogs.js");

    /// <summary>Shows the dialog over the page.</summary>
    public ValueTask OpenAsync() => Module.InvokeVoidAsync("open", element);

    /// <summary>Closes it; the focus goes back to where it was.</summary>
    public ValueTask CloseAsync() => Module.InvokeVoidAsync("close", element);

    private Task OnClosedAsync() => Closed.InvokeAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (module is not null)
            await module.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
