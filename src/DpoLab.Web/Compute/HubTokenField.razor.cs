using DpoLab.Contracts.Hosting;
using DpoLab.Web.Accounts;
using DpoLab.Web.Downloads;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Compute;

/// <summary>Gives a compute service the token for gated repositories of the hub.</summary>
public partial class HubTokenField
{
    [Inject]
    private DownloadCommands Commands { get; set; } = null!;

    [Inject]
    private CurrentUser User { get; set; } = null!;

    [Parameter, EditorRequired]
    public string Service { get; set; } = "";

    /// <summary>Where the token comes from that the service has now.</summary>
    [Parameter, EditorRequired]
    public HubTokenSource Source { get; set; }

    private string Token { get; set; } = "";

    private bool Working { get; set; }

    private string? Failed { get; set; }

    private string State => Source switch
    {
        HubTokenSource.Lab => "set here",
        HubTokenSource.Environment => "HF_TOKEN of the host",
        _ => "none: public repositories only",
    };

    private Task SetAsync() => TryAsync(Token.Trim());

    private Task ForgetAsync() => TryAsync(null);

    private async Task TryAsync(string? token)
    {
        (Working, Failed, Token) = (true, null, "");
        try
        {
            await Commands.SetTokenAsync(Service, token, await User.GetAsync());
        }
        catch (Exception e) when (e is InputRefusedException or NotAllowedException)
        {
            Failed = e.Message;
        }
        finally
        {
            Working = false;
        }
    }
}
