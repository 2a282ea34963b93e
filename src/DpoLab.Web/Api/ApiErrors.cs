using System.Text.Json;
using DpoLab.Web.Accounts;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace DpoLab.Web.Api;

/// <summary>Says to a program what a page says to a person: problem details, with errors by field.</summary>
internal sealed class ApiErrors(IProblemDetailsService problems) : IExceptionHandler
{
    /// <inheritdoc/>
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        // the handler has moved the request to the error page already
        PathString asked = httpContext.Features.Get<IExceptionHandlerPathFeature>()?.Path ?? httpContext.Request.Path;
        if (!asked.StartsWithSegments(Urls.Api, StringComparison.OrdinalIgnoreCase))
            return false;
        ProblemDetails problem = Describe(exception);
        httpContext.Response.StatusCode = problem.Status!.Value;
        return await problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = httpContext, ProblemDetails = problem, Exception = exception });
    }

    private static ProblemDetails Describe(Exception exception) => exception switch
    {
        InputRefusedException refused => new HttpValidationProblemDetails(
            refused.Errors.GroupBy(e => e.Field).ToDictionary(g => g.Key, g => g.Select(e => e.Message).ToArray(), StringComparer.Ordinal))
        {
            Status = StatusCodes.Status400BadRequest,
            Title = "Something that was sent cannot be used.",
            Detail = refused.Message,
        },
        NotFoundException missing => Problem(StatusCodes.Status404NotFound, "Not here.", missing.Message),
        NotAllowedException refused => Problem(StatusCodes.Status403Forbidden, "Not allowed.", refused.Message),
        BadHttpRequestException { InnerException: JsonException json } => new HttpValidationProblemDetails(
            new Dictionary<string, string[]>(StringComparer.Ordinal) { [Field(json)] = [json.Message] })
        {
            Status = StatusCodes.Status400BadRequest,
            Title = "The JSON that was sent cannot be read.",
            Detail = json.Message,
        },
        BadHttpRequestException bad => Problem(bad.StatusCode, "The request cannot be read.", bad.Message),
        _ => Problem(StatusCodes.Status500InternalServerError, "The lab failed.", "The server's log names the cause."),
    };

    private static ProblemDetails Problem(int status, string title, string detail) => new() { Status = status, Title = title, Detail = detail };

    /// <summary><c>$.parameters.beta</c> as the field <c>parameters.beta</c>.</summary>
    private static string Field(JsonException json) => json.Path is { Length: > 2 } path && path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : "body";
}
