using DpoLab.Contracts.Results;

namespace DpoLab.Web.Studies;

/// <summary>Published figures (science.md, section 9), by model and row.</summary>
internal static class PaperFigures
{
    private const string Lee = "Lee et al. 2024";
    private const string Yang = "Yang et al. 2025, v1";

    /// <summary>GPT-2-medium is the one model whose table was published.</summary>
    private static readonly Dictionary<string, PaperFigure> Gpt2Medium = new(StringComparer.OrdinalIgnoreCase)
    {
        ["base"] = new(.453, 21.70, .193, Lee),
        ["dpo"] = new(.208, 23.34, .195, Lee),
        ["Probe, s = 50"] = new(.245, 23.56, .193, Lee),
        ["Value vector L19 n770, s = 20"] = new(.305, 23.30, .192, Lee),
        ["SVD of 128, s = 100"] = new(.268, 23.48, .193, Lee),
        ["Top 100"] = new(.403, 21.99, null, Yang),
        ["Top 200"] = new(.405, 22.41, null, Yang),
        ["Top 1,000"] = new(.436, 27.34, null, Yang),
        ["Top 100, positively activated"] = new(.384, null, null, Yang),
        ["Top 200, positively activated"] = new(.366, null, null, Yang),
        ["Top 1,000, positively activated"] = new(.320, null, null, Yang),
        ["TP only, constant"] = new(.335, 21.69, .190, Yang),
    };

    /// <summary>Null: nothing was published for this row of this model.</summary>
    public static PaperFigure? Find(string? model, StudyTableRow row) =>
        model?.Contains("gpt2-medium", StringComparison.OrdinalIgnoreCase) == true && row.Family is not (RowFamily.Edit or RowFamily.Prefix)
            ? Gpt2Medium.GetValueOrDefault(row.Variant)
            : null;
}
