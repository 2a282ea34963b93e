using System.Globalization;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Accounts;
using DpoLab.Web.Neurons;
using DpoLab.Web.Runs;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;

namespace DpoLab.Web.NeuronSets;

/// <summary>The panel that makes a set.</summary>
public sealed partial class NewSetPanel
{
    private const long MostBytes = 64L << 20;

    private static readonly (string Way, string Title)[] Ways = [("condition", "Condition or group"), ("rule", "Tuning-free rule"), ("file", "File")];

    private readonly HashSet<NeuronGroup> groups = [.. Enum.GetValues<NeuronGroup>()];
    private string made = "condition";
    private string name = "";
    private string? description;
    private string? run;
    private string where = "";
    private string beta = "0.5";
    private string? fileName;
    private string? fileText;
    private string? problem;
    private bool busy;

    [Inject]
    private NeuronSetSources Sources { get; set; } = null!;

    [Inject]
    private NeuronSetCommands Commands { get; set; } = null!;

    [Inject]
    private CurrentUser User { get; set; } = null!;

    /// <summary>Succeeded neurons runs: they know the shapes of models.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<RunSummary> Runs { get; set; } = [];

    /// <summary>The number of the set.</summary>
    [Parameter]
    public EventCallback<int> Saved { get; set; }

    [Parameter]
    public EventCallback Cancelled { get; set; }

    /// <inheritdoc/>
    protected override void OnParametersSet() => run ??= Runs.Count > 0 ? Runs[0].Id : null;

    private void Toggle(NeuronGroup group)
    {
        if (!groups.Remove(group))
            groups.Add(group);
    }

    private async Task OnFileAsync(InputFileChangeEventArgs chosen)
    {
        try
        {
            using var reader = new StreamReader(chosen.File.OpenReadStream(MostBytes));
            (fileName, fileText, problem) = (chosen.File.Name, await reader.ReadToEndAsync(), null);
            name = name.Length > 0 ? name : Path.GetFileNameWithoutExtension(fileName);
        }
        catch (IOException e)
        {
            problem = $"The file could not be read: {e.Message}";
        }
    }

    private async Task SaveAsync()
    {
        busy = true;
        try
        {
            var (id, _) = await Commands.SaveAsync(await MakeAsync(), await User.GetAsync());
            await Saved.InvokeAsync(id);
        }
        catch (Exception e) when (e is InputRefusedException or ConditionException or NotAllowedException or NotFoundException)
        {
            problem = e.Message;
        }
        finally
        {
            busy = false;
        }
    }

    private Task<NewNeuronSet> MakeAsync()
    {
        string of = run ?? throw new InputRefusedException("run", "No model chosen. Choose one from the list.");
        return made switch
        {
            "rule" => Sources.OfRuleAsync(
                name,
                description,
                of,
                new EditIntervention
                {
                    Alpha = 0,
                    Beta = double.TryParse(beta, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : double.NaN,
                    Groups = [.. groups.Order()],
                }),
            "file" => Sources.OfFileAsync(name, description, of, fileName ?? "", fileText ?? throw new InputRefusedException("file", "No file chosen. Choose one.")),
            _ => Sources.OfChoiceAsync(name, description, of, NeuronFilter.Of(where, null, null, null, null)),
        };
    }
}
