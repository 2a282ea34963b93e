using DpoLab.Contracts.Hosting;
using DpoLab.Web.Accounts;
using DpoLab.Web.Runs.NewRun;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Models;

/// <summary>Everything about one model.</summary>
public partial class ModelFactsPanel
{
    private VerifyDialog? verify;

    [Inject]
    private ModelCommands Commands { get; set; } = null!;

    [Inject]
    private Compute.ServiceBoard Board { get; set; } = null!;

    [Inject]
    private CurrentUser User { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Parameter, EditorRequired]
    public ModelView Model { get; set; } = null!;

    /// <summary>The address without it.</summary>
    [Parameter, EditorRequired]
    public string Close { get; set; } = "";

    private DeviceReport? Device => Board.List().FirstOrDefault(service => service.Name == Model.Service)?.Report?.Devices.FirstOrDefault();

    private string? Failed { get; set; }

    private bool Working { get; set; }

    private string Text => InputText.Write(Model.Ref);

    private Task AgainAsync() => TryAsync(async by => await Commands.AddAsync(Model.Name, Model.Ref.Location, by, Model.Service, Model.Note));

    private Task RemoveAsync() => TryAsync(async by =>
    {
        await Commands.RemoveAsync(Model.Id!.Value, by);
        Navigation.NavigateTo(Close);
    });

    private async Task TryAsync(Func<Actor, Task> act)
    {
        Working = true;
        Failed = null;
        try
        {
            await act(await User.GetAsync());
        }
        catch (Exception e) when (e is InputRefusedException or NotFoundException or NotAllowedException)
        {
            Failed = e.Message;
        }
        finally
        {
            Working = false;
        }
    }
}
