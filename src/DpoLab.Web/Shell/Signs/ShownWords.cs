using Microsoft.JSInterop;

namespace DpoLab.Web.Shell;

/// <summary>Whether this person sees slurs and insults in full. Kept in the person's browser; masked until it says otherwise.</summary>
/// <remarks>One a circuit. Changes are raised on the circuit's own thread of work.</remarks>
public sealed class ShownWords(IJSRuntime js)
{
    private bool read;

    /// <summary>True: words are shown as they are.</summary>
    public bool Shown { get; private set; }

    /// <summary>Raised when <see cref="Shown"/> has changed.</summary>
    public event EventHandler? Changed;

    /// <summary>Takes over the choice kept in the browser; once, after the first render.</summary>
    public async Task ReadAsync()
    {
        if (read)
            return;
        read = true;
        if (await js.InvokeAsync<string?>("localStorage.getItem", "words") == "shown")
            Apply(true);
    }

    /// <summary>Switches, and keeps the choice in the browser.</summary>
    public async Task SetAsync(bool shown)
    {
        Apply(shown);
        await js.InvokeVoidAsync("localStorage.setItem", "words", shown ? "shown" : "masked");
    }

    private void Apply(bool shown)
    {
        if (Shown == shown)
            return;
        Shown = shown;
        Changed?.Invoke(this, EventArgs.Empty);
    }
}
