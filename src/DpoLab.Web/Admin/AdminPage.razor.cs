using DpoLab.Web.Accounts;
using DpoLab.Web.Sharing;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Admin;

/// <summary>Share links, people, tokens.</summary>
public partial class AdminPage
{
    [Inject]
    private ShareLinks Sharing { get; set; } = null!;

    [Inject]
    private CurrentUser User { get; set; } = null!;

    [Inject]
    private LabOptions Options { get; set; } = null!;

    private IReadOnlyList<ShareLinkView> Links { get; set; } = [];

    private bool IsAdmin { get; set; }

    private string? Failed { get; set; }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        var by = await User.GetAsync();
        IsAdmin = by.Role is LabRole.Admin;
        Links = await Sharing.ListAsync(by);
    }

    private async Task RevokeAsync(int id)
    {
        try
        {
            var by = await User.GetAsync();
            await Sharing.RevokeAsync(id, by);
            Links = await Sharing.ListAsync(by);
            Failed = null;
        }
        catch (Exception e) when (e is NotAllowedException or NotFoundException)
        {
            Failed = e.Message;
        }
    }
}
