using DpoLab.Web.Accounts;
using DpoLab.Web.Runs;
using DpoLab.Web.Shell;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Downloads;

/// <summary>What is on its way from the hub, or did not arrive and why.</summary>
public partial class DownloadRows
{
    [Inject]
    private RunCommands Commands { get; set; } = null!;

    [Inject]
    private CurrentUser User { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    [Parameter, EditorRequired]
    public IReadOnlyList<DownloadView> Downloads { get; set; } = [];

    private string? Failed { get; set; }

    /// <summary>Bytes as people read them; other stages in the words of every run.</summary>
    private static string Doing(DownloadView download) => download.Run.Status switch
    {
        { State: Data.RunState.Running, CancelRequested: false, Unit: "bytes", Done: { } done, Total: { } total } status =>
            $"{Numbers.Bytes(done)} of {Numbers.Bytes(total)}" + (status.Rate is > 0 ? $", {Numbers.Bytes(status.Rate.Value)}/s" : ""),
        var status => Signs.Doing(status, download.Run.Service),
    };

    private async Task TryAsync(Func<Actor, Task> act)
    {
        Failed = null;
        try
        {
            await act(await User.GetAsync());
        }
        catch (Exception e) when (e is InputRefusedException or NotFoundException or NotAllowedException)
        {
            Failed = e.Message;
        }
    }
}
