using Microsoft.JSInterop;

namespace DpoLab.Web.Shell;

/// <summary>A JavaScript module, imported when first used and let go quietly when the circuit is gone.</summary>
/// <param name="js">The circuit's runtime.</param>
/// <param name="path">Relative to the web root: <c>./js/figures.js</c>.</param>
public sealed class JsModule(IJSRuntime js, string path) : IAsyncDisposable
{
    private Task<IJSObjectReference>? import;

    /// <summary>Calls an exported function; a browser that has gone is not an error.</summary>
    public async ValueTask InvokeVoidAsync(string function, params object?[] arguments)
    {
        try
        {
            IJSObjectReference module = await ImportAsync();
            await module.InvokeVoidAsync(function, arguments);
        }
        catch (JSDisconnectedException)
        {
            // the circuit ended between the event and the call: nobody is there to see it
        }
    }

    /// <summary>Calls an exported function and takes its value.</summary>
    /// <exception cref="JSDisconnectedException">The browser has gone.</exception>
    public async ValueTask<T> InvokeAsync<T>(string function, params object?[] arguments)
    {
        IJSObjectReference module = await ImportAsync();
        return await module.InvokeAsync<T>(function, arguments);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (import is null)
            return;
        try
        {
            await (await import).DisposeAsync();
        }
        catch (Exception gone) when (gone is JSDisconnectedException or JSException or OperationCanceledException)
        {
            // see InvokeVoidAsync
        }
    }

    private Task<IJSObjectReference> ImportAsync() => import ??= js.InvokeAsync<IJSObjectReference>("import", path).AsTask();
}
