using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace DpoLab.Web.Runs.NewRun;

/// <summary>A field of several values. What is typed counts at once; Enter or leaving the field makes chips of it, not before: the text under someone's fingers stays theirs.</summary>
public partial class ValueChips
{
    private List<string> chips = [];
    private string pending = "";
    private string? said;

    [Parameter, EditorRequired]
    public string Id { get; set; } = "";

    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    /// <summary>The values, separated by commas.</summary>
    [Parameter, EditorRequired]
    public string Text { get; set; } = "";

    [Parameter]
    public string? Placeholder { get; set; }

    [Parameter]
    public bool Invalid { get; set; }

    [Parameter]
    public string? Described { get; set; }

    [Parameter]
    public EventCallback<string> Changed { get; set; }

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        // what this field said itself comes back as its parameter; only other changes start it afresh
        if (Text == said)
            return;
        said = Text;
        var values = FieldText.Split(Text);
        chips = values.Count > 1 ? [.. values] : [];
        pending = values.Count > 1 ? "" : Text;
    }

    private Task OnInputAsync(string? text)
    {
        pending = text ?? "";
        return SayAsync();
    }

    private Task OnKeyAsync(KeyboardEventArgs e)
    {
        if (e.Key == "Enter" && !e.CtrlKey)
            return CommitAsync();
        if (e.Key != "Backspace" || pending.Length > 0 || chips.Count == 0)
            return Task.CompletedTask;
        return RemoveAsync(chips.Count - 1);
    }

    private Task CommitAsync()
    {
        chips.AddRange(FieldText.Split(pending));
        pending = "";
        // a single value needs no chip
        if (chips.Count == 1)
            (chips, pending) = ([], chips[0]);
        return SayAsync();
    }

    private Task RemoveAsync(int index)
    {
        chips.RemoveAt(index);
        if (chips.Count == 1 && pending.Length == 0)
            (chips, pending) = ([], chips[0]);
        return SayAsync();
    }

    private Task SayAsync()
    {
        string text = string.Join(", ", pending.Trim().Length == 0 ? chips : [.. chips, chips.Count == 0 ? pending : pending.Trim()]);
        if (text == said)
            return Task.CompletedTask;
        said = text;
        return Changed.InvokeAsync(text);
    }
}
