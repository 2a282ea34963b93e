using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Shell;

/// <summary>The frame around every page: nav, top bar, the page within an error boundary, search and shortcuts.</summary>
public partial class MainLayout
{
    private LabErrorBoundary? boundary;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private ShownWords ShownWords { get; set; } = null!;

    // with <base href="/"> a bare "#main" would lead to the home page
    private string SkipAddress => new Uri(Navigation.Uri).PathAndQuery + "#main";

    /// <inheritdoc/>
    protected override void OnParametersSet() => boundary?.Recover();

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
            await ShownWords.ReadAsync();
    }
}
