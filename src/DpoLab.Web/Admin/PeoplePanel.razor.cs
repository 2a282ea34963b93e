using DpoLab.Web.Accounts;
using DpoLab.Web.Shell;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Admin;

/// <summary>Who may look, start and manage; invitations.</summary>
public partial class PeoplePanel
{
    [Inject]
    private People People { get; set; } = null!;

    [Inject]
    private CurrentUser User { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private Files Files { get; set; } = null!;

    private IReadOnlyList<PersonView> Everyone { get; set; } = [];

    private string Name { get; set; } = "";

    private LabRole Role { get; set; } = LabRole.Researcher;

    private string? Invitation { get; set; }

    private string Invited { get; set; } = "";

    private bool Copied { get; set; }

    private string? Failed { get; set; }

    /// <inheritdoc/>
    protected override Task OnInitializedAsync() => TryAsync(_ => Task.CompletedTask);

    private Task InviteAsync() => TryAsync(async by =>
    {
        Invitation = Navigation.ToAbsoluteUri(await People.InviteAsync(Name, Role, by)).ToString();
        (Invited, Name, Copied) = (Name, "", false);
    });

    private async Task CopyAsync() => Copied = await Files.CopyAsync(Invitation!);

    private Task SetRoleAsync(PersonView person, string? role) =>
        TryAsync(by => People.SetRoleAsync(person.Id, Enum.Parse<LabRole>(role!), by));

    private Task RemoveAsync(PersonView person) => TryAsync(by => People.RemoveAsync(person.Id, by));

    private async Task TryAsync(Func<Actor, Task> act)
    {
        Failed = null;
        try
        {
            var by = await User.GetAsync();
            await act(by);
            Everyone = await People.ListAsync(by);
        }
        catch (Exception e) when (e is InputRefusedException or NotAllowedException or NotFoundException)
        {
            Failed = e.Message;
        }
    }
}
