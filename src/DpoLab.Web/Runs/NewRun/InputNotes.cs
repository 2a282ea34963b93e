using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Shell;

namespace DpoLab.Web.Runs.NewRun;

/// <summary>A few facts about a model, beside its name.</summary>
internal static class ModelFacts
{
    public static string Short(ModelReport report) => report.NeuronsPerLayer > 0
        ? $"{report.Layers} layers, {Numbers.Count((double)report.Layers * report.NeuronsPerLayer)} neurons, digest {Numbers.Digest(report.Digest)}."
        : $"{report.Family}, {(report.Labels.Count == 0 ? "one output" : string.Join(", ", report.Labels))}, digest {Numbers.Digest(report.Digest)}.";
}

/// <summary>A few facts about a dataset, beside its name.</summary>
internal static class DatasetFacts
{
    /// <summary>Records, or the bytes of a text.</summary>
    public static string Size(DatasetKind kind, DatasetReport report) =>
        kind is DatasetKind.Text ? Numbers.Bytes(report.Bytes) : Numbers.Count(report.Records);

    public static string Short(DatasetReport report) => report.Mapping.Count == 0
        ? $"Digest {Numbers.Digest(report.Digest)}."
        : $"Digest {Numbers.Digest(report.Digest)}. Columns {string.Join(", ", report.Mapping.Values)}.";
}
