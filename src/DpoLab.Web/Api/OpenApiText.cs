using Microsoft.AspNetCore.OpenApi;

namespace DpoLab.Web.Api;

/// <summary>What the OpenAPI document says about the whole.</summary>
internal static class OpenApiText
{
    public static void Describe(OpenApiOptions options) => options.AddDocumentTransformer((document, _, _) =>
    {
        document.Info.Title = "DpoLab";
        document.Info.Version = "v1";
        document.Info.Description = "Runs, studies, models and datasets of a lab. With accounts, show a personal token: Authorization: Bearer dpolab_…";
        return Task.CompletedTask;
    });
}
