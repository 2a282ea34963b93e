using DpoLab.Web.Accounts;
using DpoLab.Web.Data;
using DpoLab.Web.Shell;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Sharing;

/// <summary>The button "Share" with its dialog.</summary>
public partial class ShareButton
{
    private LabDialog? dialog;

    [Inject]
    private ShareLinks Sharing { get; set; } = null!;

    [Inject]
    private CurrentUser User { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    [Inject]
    private Files Files { get; set; } = null!;

    [Parameter, EditorRequired]
    public ShareTarget Target { get; set; }

    [Parameter, EditorRequired]
    public string TargetId { get; set; } = "";

    /// <summary>False: the person looks only.</summary>
    [Parameter]
    public bool MayShare { get; set; } = true;

    [Parameter]
    public string ButtonClass { get; set; } = "";

    private IReadOnlyList<ShareLinkView> Links { get; set; } = [];

    private NewShareLink? Made { get; set; }

    private bool Copied { get; set; }

    private int Days { get; set; }

    private bool Working { get; set; }

    private string? Failed { get; set; }

    private string Absolute(NewShareLink link) => Navigation.ToAbsoluteUri(link.Path).ToString();

    private Task OpenAsync() => TryAsync(async by =>
    {
        Links = await Sharing.ListAsync(by, TargetId);
        if (dialog is not null)
            await dialog.OpenAsync();
    });

    private Task CreateAsync() => TryAsync(async by =>
    {
        Copied = false;
        Made = await Sharing.CreateAsync(Target, TargetId, by, Days == 0 ? null : Clock.GetUtcNow().AddDays(Days));
        Links = await Sharing.ListAsync(by, TargetId);
    });

    private async Task CopyAsync() => Copied = await Files.CopyAsync(Absolute(Made!));

    private Task RevokeAsync(int id) => TryAsync(async by =>
    {
        await Sharing.RevokeAsync(id, by);
        if (Made?.Id == id)
            Made = null;
        Links = await Sharing.ListAsync(by, TargetId);
    });

    private void Forget() => (Made, Failed) = (null, null);

    private async Task TryAsync(Func<Actor, Task> act)
    {
        (Working, Failed) = (true, null);
        try
        {
            await act(await User.GetAsync());
        }
        catch (Exception e) when (e is InputRefusedException or NotAllowedException or NotFoundException)
        {
            Failed = e.Message;
            if (dialog is not null)
                await dialog.OpenAsync();
        }
        finally
        {
            Working = false;
        }
    }
}
