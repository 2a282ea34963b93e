using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging;

namespace DpoLab.Compute.Hosting;

/// <summary>Bad input travels to the caller in words; anything else is logged here and named only by its kind.</summary>
internal sealed partial class HubErrors(ILogger<HubErrors> logger) : IHubFilter
{
    public async ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        ArgumentNullException.ThrowIfNull(invocationContext);
        ArgumentNullException.ThrowIfNull(next);
        try
        {
            return await next(invocationContext);
        }
        catch (Exception e) when (e is InputException or InvalidDataException or IOException or ArgumentException or NotSupportedException or UnauthorizedAccessException)
        {
            throw new HubException(e.Message, e);
        }
        catch (Exception e) when (e is not HubException and not OperationCanceledException)
        {
            LogUnexpected(e, invocationContext.HubMethodName);
            throw new HubException($"Unexpected {e.GetType().Name} in the compute service; its log holds the details.", e);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} failed")]
    private partial void LogUnexpected(Exception exception, string method);
}
