using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Accounts;
using DpoLab.Web.Compute;
using DpoLab.Web.Downloads;
using DpoLab.Web.Shell;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Models;

/// <summary>Asks for a folder and adds it, or for a repository of the hub and fetches it.</summary>
public partial class AddModelDialog
{
    private LabDialog? dialog;
    private string path = "";

    [Inject]
    private ModelCommands Commands { get; set; } = null!;

    [Inject]
    private DownloadCommands Downloads { get; set; } = null!;

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

    /// <summary>True: fetched from the hub; false: a folder that is there.</summary>
    private bool FromHub { get; set; }

    private string Repository { get; set; } = "";

    private string Revision { get; set; } = "";

    private string Name { get; set; } = "";

    private string? Service { get; set; }

    private IReadOnlyList<ServiceView> Services { get; set; } = [];

    private ModelReport? Report { get; set; }

    private IReadOnlyList<FieldError> Errors { get; set; } = [];

    private bool Working { get; set; }

    private string Suggested => FromHub
        ? Repository.Trim() is { Length: > 0 } id ? id[(id.IndexOf('/', StringComparison.Ordinal) + 1)..] : "the repository’s name"
        : Path.Length == 0 ? "the folder’s name" : System.IO.Path.GetFileName(Path.TrimEnd('/'));

    /// <summary>Shows the dialog, empty.</summary>
    public async Task OpenAsync()
    {
        (Path, Name, Repository, Revision) = ("", "", "", "");
        Services = Board.List();
        Service = Services.Count > 0 ? Services[0].Name : null;
        StateHasChanged();
        if (dialog is not null)
            await dialog.OpenAsync();
    }

    private Task InspectAsync() => TryAsync(async _ => Report = await Commands.InspectAsync(Path, Service));

    private void SetSource(bool hub) => (FromHub, Report, Errors) = (hub, null, []);

    private Task SubmitAsync() => FromHub ? DownloadAsync() : AddAsync();

    private Task DownloadAsync() => TryAsync(async by =>
    {
        var wanted = new DownloadParameters { Repository = Repository.Trim(), ListedAs = Name.Trim() is { Length: > 0 } name ? name : null };
        await Downloads.StartAsync(Revision.Trim() is { Length: > 0 } revision ? wanted with { Revision = revision } : wanted, by, Service);
        if (dialog is not null)
            await dialog.CloseAsync();
    });

    private Task AddAsync() => TryAsync(async by =>
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
