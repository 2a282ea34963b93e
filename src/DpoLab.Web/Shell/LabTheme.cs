using MudBlazor;

namespace DpoLab.Web.Shell;

/// <summary>
/// The look of MudBlazor's components. The colours are those of wwwroot/css/tokens.css, which also override them at run time, so that
/// a change of theme needs no round trip.
/// </summary>
public static class LabTheme
{
    /// <summary>Light and dark palettes, type and sizes.</summary>
    public static MudTheme Lab { get; } = new()
    {
        PaletteLight = Light(),
        PaletteDark = Dark(),
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "4px", AppbarHeight = "44px", DrawerWidthLeft = "208px", DrawerMiniWidthLeft = "52px" },
        Typography = Type(),
    };

    private static PaletteLight Light() => new()
    {
        Primary = "#5B3FC6",
        PrimaryContrastText = "#FFFFFF",
        Info = "#52565D",
        Success = "#1B7A43",
        Warning = "#8F5A00",
        Error = "#B3261E",
        Dark = "#1B1D21",
        Background = "#F6F5F2",
        BackgroundGray = "#EFEEEA",
        Surface = "#FFFFFF",
        TextPrimary = "#1B1D21",
        TextSecondary = "#52565D",
        TextDisabled = "#676B72",
        ActionDefault = "#52565D",
        ActionDisabled = "#676B72",
        ActionDisabledBackground = "#EFEEEA",
        LinesDefault = "#E3E1DB",
        LinesInputs = "#8A8D93",
        Divider = "#E3E1DB",
        TableLines = "#E3E1DB",
        TableHover = "#F1F0EC",
        Skeleton = "#E3E1DB",
    };

    private static PaletteDark Dark() => new()
    {
        Primary = "#9D8CF7",
        PrimaryContrastText = "#101122",
        Info = "#B0B4BB",
        Success = "#5CC288",
        Warning = "#E0AC4F",
        Error = "#F2877D",
        Dark = "#E9EAEC",
        Background = "#121316",
        BackgroundGray = "#0D0E10",
        Surface = "#191B1F",
        TextPrimary = "#E9EAEC",
        TextSecondary = "#B0B4BB",
        TextDisabled = "#9095A0",
        ActionDefault = "#B0B4BB",
        ActionDisabled = "#9095A0",
        ActionDisabledBackground = "#0D0E10",
        LinesDefault = "#2A2D33",
        LinesInputs = "#767B85",
        Divider = "#2A2D33",
        TableLines = "#2A2D33",
        TableHover = "#212429",
        Skeleton = "#2A2D33",
    };

    private static Typography Type() => new()
    {
        Default = new DefaultTypography
        {
            FontFamily = ["Inter", "Segoe UI", "system-ui", "sans-serif"],
            FontSize = "13px",
            LineHeight = "20px",
            LetterSpacing = "normal",
        },
        H1 = new H1Typography { FontSize = "20px", FontWeight = "600", LineHeight = "28px", LetterSpacing = "-.012em" },
        H2 = new H2Typography { FontSize = "13px", FontWeight = "600", LineHeight = "20px" },
        Body1 = new Body1Typography { FontSize = "13px", LineHeight = "20px", LetterSpacing = "normal" },
        Body2 = new Body2Typography { FontSize = "12px", LineHeight = "18px", LetterSpacing = "normal" },
        Caption = new CaptionTypography { FontSize = "11.5px", LineHeight = "16px", LetterSpacing = "normal" },
        Button = new ButtonTypography { FontSize = "13px", FontWeight = "500", LineHeight = "20px", LetterSpacing = "normal", TextTransform = "none" },
    };
}
