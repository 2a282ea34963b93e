using LogLevel = DpoLab.Contracts.Runs.LogLevel;

namespace DpoLab.Web.Runs;

/// <summary>How log lines look by level.</summary>
internal static class LogLook
{
    public static string Class(LogLevel level) => level switch
    {
        LogLevel.Warning => "warn",
        LogLevel.Error => "err",
        _ => "t2",
    };
}
