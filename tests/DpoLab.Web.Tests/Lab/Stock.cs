using System.Text.Json;
using DpoLab.Contracts;
using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Data;

namespace DpoLab.Web.Tests.Lab;

/// <summary>Models and datasets that a lab has.</summary>
internal static class Stock
{
    public static ModelReport Decoder { get; } = new()
    {
        Role = "decoder",
        Family = "gpt2",
        Parameters = 3_480_576,
        Layers = 6,
        Width = 192,
        NeuronsPerLayer = 768,
        Vocabulary = 4096,
        ContextLength = 128,
        StoredPrecision = "f16",
        WeightBytes = 7_000_000,
        Digest = "811be1b035be863e",
    };

    /// <summary>A base model, a scorer and one dataset of each kind.</summary>
    public static Task AddAllAsync(LabDatabase database) => database.WriteAsync(
        db =>
        {
            db.Models.Add(Model("small", "/models/small", Decoder));
            db.Models.Add(Model("scorer", "/models/scorer", Decoder with { Role = "classifier", Family = "bert", NeuronsPerLayer = 0, Labels = ["toxicity"] }));
            foreach (DatasetKind kind in Enum.GetValues<DatasetKind>())
                db.Datasets.Add(Dataset(kind));
            return Task.CompletedTask;
        },
        PageContext.Token);

    private static ModelEntity Model(string name, string path, ModelReport report) => new()
    {
        Name = name,
        Service = "here",
        Path = path,
        Role = report.Role,
        Digest = report.Digest,
        ReportJson = JsonSerializer.Serialize(report, ContractJson.Options),
        AddedBy = "ada",
        AddedAt = DateTimeOffset.UtcNow,
    };

    private static DatasetEntity Dataset(DatasetKind kind)
    {
        var report = new DatasetReport
        {
            Kind = kind,
            Bytes = 20_000,
            Digest = "ab12cd34ef56",
            Records = 300,
            Columns = ["a"],
            Mapping = new Dictionary<string, string> { ["text"] = "a" },
            Preview = [new Dictionary<string, string> { ["text"] = "a first record" }],
        };
        return new DatasetEntity
        {
            Name = kind.ToString(),
            Kind = kind,
            Service = "here",
            Source = InputSource.Path,
            Location = $"/data/{kind}",
            Digest = report.Digest,
            Records = report.Records,
            Bytes = report.Bytes,
            ColumnsJson = JsonSerializer.Serialize(report.Mapping, ContractJson.Options),
            ReportJson = JsonSerializer.Serialize(report, ContractJson.Options),
            AddedBy = "ada",
            AddedAt = DateTimeOffset.UtcNow,
        };
    }
}
