using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Data;

/// <summary>Reads a dataset to its end and says what it holds, or what is wrong first.</summary>
public static class DatasetInspection
{
    private const int PreviewRecords = 5;
    private const int PreviewLength = 400;

    /// <summary>Never throws for bad data: the report's problem says what is wrong.</summary>
    public static DatasetReport Inspect(DatasetFile file, DatasetKind kind, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        var report = new DatasetReport
        {
            Kind = kind,
            Bytes = 0,
            Digest = string.Empty,
            Records = 0,
            Columns = [],
            Mapping = new Dictionary<string, string>(StringComparer.Ordinal),
            Preview = [],
        };
        try
        {
            var scan = file.Scan();
            report = report with { Bytes = scan.Bytes, Digest = scan.Digest };
            using var reader = DatasetReader.Open(file, kind, scan);
            report = report with { Columns = reader.Columns };
            reader.Map();
            return Read(file, reader, report with { Mapping = reader.Mapping }, cancellationToken);
        }
        catch (DatasetException e)
        {
            return report with { Problem = e.Problem };
        }
    }

    private static DatasetReport Read(DatasetFile file, DatasetReader reader, DatasetReport report, CancellationToken cancellationToken)
    {
        string[] roles = [.. DatasetSchema.Roles(report.Kind).Select(r => r.Name)];
        var preview = new List<IReadOnlyDictionary<string, string>>();
        int records = 0;
        var totals = new DatasetTotals(report.Kind);
        try
        {
            foreach (var record in reader.Records(cancellationToken))
            {
                records++;
                totals.Add(record);
                if (preview.Count < PreviewRecords)
                    preview.Add(roles.Zip(record.Values).ToDictionary(r => r.First, r => Shortened(r.Second), StringComparer.Ordinal));
            }

            report = report with { Problem = totals.Problem(file, reader.Mapping)?.Problem };
        }
        catch (DatasetException e)
        {
            report = report with { Problem = e.Problem };
        }

        return report with { Records = records, Preview = preview };
    }

    private static string Shortened(string text) => text.Length <= PreviewLength ? text : text[..(PreviewLength - 1)] + "…";
}
