using DpoLab.Contracts.Runs;
using DpoLab.Web.Accounts;
using DpoLab.Web.Shell;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Models;

/// <summary>Starts a run that verifies a model.</summary>
public sealed partial class VerifyDialog
{
    private LabDialog? dialog;
    private string values = "";
    private Precision precision;
    private string? problem;
    private bool working;

    [Inject]
    private ModelCommands Commands { get; set; } = null!;

    [Inject]
    private CurrentUser User { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Parameter, EditorRequired]
    public ModelView Model { get; set; } = null!;

    private string Command => $"python export_values.py {(Model.Ref.Source is InputSource.Path ? Model.Ref.Location : "MODEL_FOLDER")} values";

    /// <summary>Shows the dialog.</summary>
    public async Task OpenAsync()
    {
        if (dialog is not null)
            await dialog.OpenAsync();
    }

    private async Task SubmitAsync()
    {
        if (working)
            return;
        (working, problem) = (true, null);
        try
        {
            string run = await Commands.VerifyAsync(Model, new VerifyRequest(values, precision), await User.GetAsync());
            Navigation.NavigateTo(Urls.Run(run));
        }
        catch (Exception e) when (e is InputRefusedException or NotAllowedException)
        {
            problem = e.Message;
        }
        finally
        {
            working = false;
        }
    }
}
