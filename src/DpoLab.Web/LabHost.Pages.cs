using DpoLab.Web.Shell;

namespace DpoLab.Web;

/// <summary>The pages' part of the host.</summary>
internal static partial class LabHost
{
    static partial void AddPages(IServiceCollection services) => services.AddShell();

    static partial void MapPages(WebApplication app) => app.MapShell();
}
