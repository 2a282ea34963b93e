namespace DpoLab.Web.Shell;

/// <summary>The shapes by which points are told apart before their colour.</summary>
public enum MarkShape
{
    Disc,
    Ring,
    Square,
    Diamond,
    Up,
    Down,
}

/// <summary>The shapes as SVG, 10 by 10.</summary>
internal static class MarkPaths
{
    /// <summary>Path data within 0 … 10.</summary>
    public static string Of(MarkShape shape) => shape switch
    {
        MarkShape.Square => "M1 1h8v8H1z",
        MarkShape.Diamond => "M5-.4 10.4 5 5 10.4-.4 5z",
        MarkShape.Up => "M5 .8 9.6 9H.4z",
        MarkShape.Down => "M5 9.2.4 1h9.2z",
        MarkShape.Ring => "M5 1.4a3.6 3.6 0 1 1 0 7.2 3.6 3.6 0 0 1 0-7.2z",
        _ => "M5 .9a4.1 4.1 0 1 1 0 8.2 4.1 4.1 0 0 1 0-8.2z",
    };
}
