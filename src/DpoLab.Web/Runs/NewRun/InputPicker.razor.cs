using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Runs.NewRun;

/// <summary>Chooses an input of a run.</summary>
public partial class InputPicker
{
    private const string PathChoice = "…path";
    private bool asksPath;

    [Parameter, EditorRequired]
    public FormField Field { get; set; } = null!;

    [Parameter, EditorRequired]
    public string Text { get; set; } = "";

    [Parameter, EditorRequired]
    public InputOptions Options { get; set; } = InputOptions.None;

    [Parameter]
    public bool Invalid { get; set; }

    [Parameter]
    public EventCallback<string> Changed { get; set; }

    private string Id => FieldIds.Of(Field.Key);

    private IEnumerable<(string Value, string Label, string Group)> All => Field.Kind is FieldKind.Dataset
        ? Options.Datasets.Where(option => option.Kind == Field.Dataset).Select(option => (InputText.Write(option.Reference.File), option.Label, ""))
        : Options.Inputs.Where(option => option.Role == Field.Role).Select(option => (InputText.Write(option.Reference), option.Label, option.Group));

    private IEnumerable<IGrouping<string, (string Value, string Label)>> Groups
    {
        get
        {
            var all = All.ToList();
            bool one = all.Select(option => option.Group).Distinct().Count() < 2;
            return all.GroupBy(option => one ? "" : option.Group, option => (option.Value, option.Label));
        }
    }

    private bool HasAny => All.Any();

    private string Signature => string.Join('\n', All.Select(option => $"{option.Group}/{option.Value}/{option.Label}"));

    /// <summary>What is not in the list can only be shown as text.</summary>
    private bool Typing => asksPath || (Text.Length > 0 && All.All(option => option.Value != Text));

    private Task OnChosenAsync(ChangeEventArgs e)
    {
        string value = e.Value?.ToString() ?? "";
        asksPath = value == PathChoice;
        return Changed.InvokeAsync(asksPath ? "" : value);
    }

    private Task ListAsync()
    {
        asksPath = false;
        return Changed.InvokeAsync("");
    }
}
