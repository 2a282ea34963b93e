using DpoLab.Web.Accounts;
using DpoLab.Web.Data;
using DpoLab.Web.Shell;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Sharing;

/// <summary>Makes a public read-only link to a run or study.</summary>
public sealed partial class ShareButton
{
    private LabDialog? dialog;
    private string? link;
    private string? problem;
    private int days;

    [Inject]
    private ShareLinks Links { get; set; } = null!;

    [Inject]
    private CurrentUser User { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    [Parameter, EditorRequired]
    public ShareTarget Target { get; set; }

    [Parameter, EditorRequired]
    public string TargetId { get; set; } = "";

    [Parameter]
    public bool MayShare { get; set; } = true;

    private string What => Target is ShareTarget.Study ? "study" : "run";

    private async Task OpenAsync()
    {
        link = null;
        problem = null;
        await dialog!.OpenAsync();
    }

    private async Task MakeAsync()
    {
        try
        {
            DateTimeOffset? ends = days > 0 ? Clock.GetUtcNow().AddDays(days) : null;
            NewShareLink made = await Links.CreateAsync(Target, TargetId, await User.GetAsync(), ends);
            link = Navigation.ToAbsoluteUri(made.Path).ToString();
        }
        catch (Exception refused) when (refused is InputRefusedException or NotAllowedException or NotFoundException)
        {
            problem = refused.Message;
        }
    }
}
