using DpoLab.Web.Shell;

namespace DpoLab.Web.Playground;

/// <summary>What answers in a column.</summary>
public enum ColumnKind
{
    Base,
    Dpo,
    Edited,
    Patched,

    /// <summary>Patched with the values that the tuned model has on the same text.</summary>
    Live,
    Ablated,
    Steered,
}

/// <summary>How columns are called and drawn.</summary>
internal static class ColumnKinds
{
    /// <summary>Columns at once.</summary>
    public const int Most = 4;

    /// <summary>The head of the column.</summary>
    public static string Title(ColumnKind kind) => kind switch
    {
        ColumnKind.Dpo => "DPO",
        ColumnKind.Live => "Patched live",
        _ => kind.ToString(),
    };

    /// <summary>In legends.</summary>
    public static string Word(ColumnKind kind) => kind switch
    {
        ColumnKind.Dpo => "DPO",
        ColumnKind.Live => "patched live",
        _ => Words.Of(kind),
    };

    /// <summary>A colour token.</summary>
    public static string Series(ColumnKind kind) => kind switch
    {
        ColumnKind.Steered => "edited",
        ColumnKind.Live or ColumnKind.Ablated => "patched",
        _ => Words.Of(kind),
    };

    /// <summary>A token of the charts' dashes; null: solid.</summary>
    public static string? Dash(ColumnKind kind) => kind switch
    {
        ColumnKind.Base => "base",
        ColumnKind.Patched => "patched",
        ColumnKind.Steered or ColumnKind.Ablated => "edited",
        _ => null,
    };

    /// <summary>The same as SVG dashes.</summary>
    public static string? Dashes(ColumnKind kind) => kind switch
    {
        ColumnKind.Base => "4 3",
        ColumnKind.Patched => "1 4",
        ColumnKind.Steered or ColumnKind.Ablated => "6 3 2 3",
        _ => null,
    };

    public static MarkShape Mark(ColumnKind kind) => kind switch
    {
        ColumnKind.Base => MarkShape.Ring,
        ColumnKind.Steered => MarkShape.Diamond,
        ColumnKind.Live => MarkShape.Up,
        ColumnKind.Ablated => MarkShape.Square,
        _ => MarkShape.Disc,
    };
}
