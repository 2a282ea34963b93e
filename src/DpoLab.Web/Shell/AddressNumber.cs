using System.Globalization;

namespace DpoLab.Web.Shell;

/// <summary>Numbers as addresses say them: every digit that counts, and nothing where the number is the usual one.</summary>
internal static class AddressNumber
{
    /// <summary>Null: it is as usual.</summary>
    public static string? Write(double value, double usual) => value == usual ? null : value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>Null: there is none, or it lies outside the bounds.</summary>
    public static double? Read(string? text, double least, double most) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= least && value <= most ? value : null;
}
