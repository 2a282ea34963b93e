using DpoLab.Web.Accounts;

namespace DpoLab.Web.Shell;

/// <summary>What a failure says to people. The lab's own errors are sentences already; of any other the message is shown, and the server's log has the rest.</summary>
internal static class Failures
{
    /// <summary>Whether the lab said it itself: such a failure is an answer, no fault, and is not logged.</summary>
    public static bool IsOwn(Exception failure) => failure is InputRefusedException or NotFoundException or NotAllowedException;

    /// <summary>What happened, and what to do.</summary>
    public static string Say(Exception failure) => IsOwn(failure)
        ? failure.Message
        : $"{failure.Message.TrimEnd('.')}. Try again; if it fails again, the server’s log names the cause.";
}
