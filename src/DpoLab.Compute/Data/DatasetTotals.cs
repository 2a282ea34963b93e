using System.Globalization;
using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Data;

/// <summary>What only the whole dataset shows: that it is empty, or that all labels are the same.</summary>
internal sealed class DatasetTotals(DatasetKind kind)
{
    private int records;
    private int toxic;
    private bool anyText;

    public void Add(RoleRecord record)
    {
        records++;
        if (kind is DatasetKind.Comments && double.Parse(record.Values[1], CultureInfo.InvariantCulture) >= Comment.ToxicFrom)
            toxic++;
        anyText |= !string.IsNullOrWhiteSpace(record.Values[0]);
    }

    /// <summary>Null: nothing is wrong.</summary>
    public DatasetException? Problem(DatasetFile file, IReadOnlyDictionary<string, string> mapping)
    {
        if (records == 0)
            return file.Problem("holds no records.");
        if (!anyText)
            return file.Problem("holds nothing but white space.");
        if (kind is DatasetKind.Comments && (toxic == 0 || toxic == records))
        {
            string which = toxic == 0 ? "not toxic" : "toxic";
            string message = $"column '{mapping["label"]}': all {records} records are {which}; both kinds are needed.";
            return new DatasetException(file.Name, new DatasetProblem(null, mapping["label"], message));
        }

        return null;
    }
}
