namespace DpoLab.Web.Studies.Table;

/// <summary>The one axis that every whisker of a table shares: wide enough for all intervals and published values.</summary>
/// <param name="From">Left end.</param>
/// <param name="To">Right end.</param>
/// <param name="References">Base and DPO, dashed.</param>
public sealed record ToxicityAxis(double From, double To, IReadOnlyList<double> References)
{
    private const double Step = 0.02;

    public static ToxicityAxis Of(StudyTable table)
    {
        var values = table.Rows.SelectMany(row => new[] { row.Row?.Toxicity?.Low, row.Row?.Toxicity?.High, row.Paper?.Toxicity }).OfType<double>().ToList();
        if (values.Count == 0)
            return new ToxicityAxis(0, 1, []);
        double from = Math.Max(0, Math.Floor(values.Min() / Step) * Step), to = Math.Min(1, Math.Ceiling(values.Max() / Step) * Step);
        return new ToxicityAxis(from, to > from ? to : from + Step, [.. new[] { "base", "dpo" }.Select(variant => table.Rows.FirstOrDefault(row => row.Variant == variant)?.Row?.Toxicity?.Mean).OfType<double>()]);
    }
}
