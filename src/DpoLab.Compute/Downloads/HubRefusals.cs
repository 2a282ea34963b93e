using System.Net;

namespace DpoLab.Compute.Downloads;

/// <summary>What an answer of the hub that is no success means for a person.</summary>
internal static class HubRefusals
{
    private const string CodeHeader = "X-Error-Code";

    /// <summary>The error of an answer: one that may pass, or one that says what to do.</summary>
    public static Exception Of(HttpResponseMessage answer, Uri address, string subject, HubAccess access)
    {
        string code = answer.Headers.TryGetValues(CodeHeader, out var values) ? values.First() : "";
        string host = address.Authority;
        bool hasToken = access.Token is not null;
        return (answer.StatusCode, code) switch
        {
            (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, "GatedRepo") => new DownloadException(
                $"{subject} is gated on {access.Endpoint.Authority}. Accept its licence on its page there with your account"
                + (hasToken ? ", and see that the token of this compute host belongs to that account." : $"; then give this compute host a token: set {HubAccess.TokenVariable} where it runs, or enter one under Compute.")),
            (HttpStatusCode.Unauthorized, _) when hasToken => new DownloadException(
                $"{host} does not know {subject}, or refuses the token of this compute host. Check the spelling; make a new token in the hub’s settings if it has expired."),
            (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, _) => new DownloadException(
                $"{host} does not show {subject} to {(hasToken ? "the owner of this compute host’s token" : "everybody")}. Check the spelling. If it is private or gated, accept its licence on its page"
                + (hasToken ? " with that account." : $", and give this compute host a token: set {HubAccess.TokenVariable} where it runs, or enter one under Compute.")),
            (HttpStatusCode.NotFound, "RevisionNotFound") => new DownloadException($"{subject}: {host} has the repository, but not this revision. Choose a branch, tag or commit of its page."),
            (HttpStatusCode.NotFound, "EntryNotFound") => new DownloadException($"{subject} is not in the repository on {host}. Choose a file of its page."),
            (HttpStatusCode.NotFound or HttpStatusCode.Gone, _) => new DownloadException($"{host} does not have {subject}. Check the spelling, and whether it is a model or a dataset."),
            (HttpStatusCode.TooManyRequests, _) => new HubInterruption($"{host} asks for fewer requests (429).", PauseOf(answer)),
            (HttpStatusCode.RequestTimeout, _) => new HubInterruption($"{host} gave up waiting (408)."),
            (var fault, _) when fault >= HttpStatusCode.InternalServerError => new HubInterruption($"{host} has a fault of its own ({(int)answer.StatusCode}).", PauseOf(answer)),
            _ => new DownloadException($"{subject}: {host} answers {(int)answer.StatusCode} {answer.ReasonPhrase}. Look at the repository’s page, and check HF_ENDPOINT."),
        };
    }

    private static TimeSpan? PauseOf(HttpResponseMessage answer) => answer.Headers.RetryAfter switch
    {
        { Delta: { } pause } => pause,
        { Date: { } date } => date - DateTimeOffset.UtcNow,
        _ => null,
    };
}
