using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Shell;

/// <summary>A search field whose text is in the address.</summary>
public sealed partial class SearchBox
{
    private string? first;
    private string? typed;
    private int version;

    /// <summary>The text that is searched for now.</summary>
    [Parameter]
    public string? Value { get; set; }

    /// <summary>Raised as letters come.</summary>
    [Parameter]
    public EventCallback<string?> ValueChanged { get; set; }

    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    [Parameter]
    public string? Placeholder { get; set; }

    [Parameter]
    public int Width { get; set; } = 240;

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        if ((Value ?? "") == (typed ?? ""))
            return;
        if (typed is not null && typed.StartsWith(Value ?? "", StringComparison.Ordinal) && !string.IsNullOrEmpty(Value))
            return;
        // changed from elsewhere ("clear the filter"): a new field with that text
        first = typed = Value;
        version++;
    }

    private Task OnInputAsync(ChangeEventArgs input)
    {
        typed = input.Value?.ToString();
        return ValueChanged.InvokeAsync(typed);
    }
}
