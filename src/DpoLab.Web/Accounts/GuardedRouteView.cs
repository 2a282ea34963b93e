using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Rendering;

namespace DpoLab.Web.Accounts;

/// <summary>Shows the page of a route to those who may open it, and to others a way to sign in.</summary>
public sealed class GuardedRouteView : ComponentBase
{
    private bool mayOpen;
    private bool known;
    private Actor? actor;

    [Parameter, EditorRequired]
    public Microsoft.AspNetCore.Components.RouteData RouteData { get; set; } = null!;

    [Parameter, EditorRequired]
    public Type DefaultLayout { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        // a public page needs no answer about the person, and a share link's circuit should not ask for one
        mayOpen = PageAccess.MayOpen(RouteData.PageType, actor: null);
        if (!mayOpen)
        {
            actor = CurrentUser.ActorOf((await Authentication).User);
            mayOpen = PageAccess.MayOpen(RouteData.PageType, actor);
        }

        known = true;
    }

    /// <inheritdoc/>
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (!known)
            return;
        if (mayOpen)
        {
            builder.OpenComponent<RouteView>(0);
            builder.AddComponentParameter(1, nameof(RouteView.RouteData), RouteData);
            builder.AddComponentParameter(2, nameof(RouteView.DefaultLayout), DefaultLayout);
            builder.CloseComponent();
            return;
        }

        builder.OpenComponent<ClosedPage>(3);
        builder.AddComponentParameter(4, nameof(ClosedPage.IsSignedIn), actor is not null);
        builder.CloseComponent();
    }
}
