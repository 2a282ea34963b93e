using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Accounts;
using DpoLab.Web.Compute;
using DpoLab.Web.Shell;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Models;

/// <summary>Asks for a folder and adds it.</summary>
public partial class AddModelDialog
{
    private LabDialog? dialog;
    private string path = "";

    [Inject]
    private ModelCommands Commands { get; set; } = null!;

    [Inject]
    private ServiceBoard Board { get; set; } = null!;

    [Inject]
    private CurrentUser User { get; set; } = null!;

    /// <summary>Raised with the model's number.</summary>
    [Parameter]
    public EventCallback<string> Added { get; set; }

    private string Path
    {
        get => path;
        set
        {
            path = value;
            // what was found belongs to another folder now
            Report = null;
            Errors = [];
        }
    }

    private string Name { get; set; } = "";

    private string? Service { get; set; }

    private IReadOnlyList<ServiceView> Services { get; set; } = [];

    private ModelReport? Report { get; set; }

    private IReadOnlyList<FieldError> Errors { get; set; } = [];

    private bool Working { get; set; }

    private string Suggested => Path.Length == 0 ? "the folder’s name" : System.IO.Path.GetFileName(Path.TrimEnd('/'));

    /// <summary>Shows the dialog, empty.</summary>
    public async Task OpenAsync()
    {
        (Path, Name) = ("", "");
        Services = Board.List();
        Service = Services.Count > 0 ? Services[0].Name : null;
        StateHasChanged();
        if (dialog is not null)
            await dialog.OpenAsync();
    }

    private Task InspectAsync() => TryAsync(async _ => Report = await Commands.InspectAsync(Path, Service));

    private Task SubmitAsync() => TryAsync(async by =>
    {
        int id = await Commands.AddAsync(Name, Path, by, Service);
        if (dialog is not null)
            await dialog.CloseAsync();
        await Added.InvokeAsync($"{id}");
    });

    private void OnClosed() => (Report, Errors) = (null, []);

    private async Task TryAsync(Func<Actor, Task> act)
    {
        if (Working)
            return;
        (Working, Errors) = (true, []);
        try
        {
            await act(await User.GetAsync());
        }
        catch (InputRefusedException e)
        {
            Errors = e.Errors;
        }
        catch (NotAllowedException e)
        {
            Errors = [new FieldError("", e.Message)];
        }
        finally
        {
            Working = false;
        }
    }
}
