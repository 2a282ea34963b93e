using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;

namespace DpoLab.Web;

/// <summary>The document around every page.</summary>
public partial class App
{
    private static readonly string[] Sheets =
    [
        "css/tokens.css", "css/type.css", "css/shell.css", "css/panels.css", "css/signs.css", "css/fields.css", "css/mud.css",
    ];

    [CascadingParameter]
    private HttpContext HttpContext { get; set; } = null!;

    /// <summary>Interactive, but for pages that opt out because they need the request (signing in).</summary>
    private IComponentRenderMode? PageRenderMode => HttpContext.AcceptsInteractiveRouting() ? RenderMode.InteractiveServer : null;
}
