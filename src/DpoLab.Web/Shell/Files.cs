using Microsoft.JSInterop;

namespace DpoLab.Web.Shell;

/// <summary>Files and copies for the person at the browser.</summary>
public sealed class Files(IJSRuntime js) : IAsyncDisposable
{
    private readonly JsModule module = new(js, "./js/files.js");

    /// <summary>Saves a text as a file there.</summary>
    public ValueTask SaveAsync(string name, string text, string type = "text/csv") => module.InvokeVoidAsync("save", name, text, type);

    /// <summary>Copies a text; false when the browser does not let us.</summary>
    public ValueTask<bool> CopyAsync(string text) => module.InvokeAsync<bool>("copy", text);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => module.DisposeAsync();
}
