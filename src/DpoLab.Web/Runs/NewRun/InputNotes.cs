using DpoLab.Contracts.Hosting;
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
    public static string Short(DatasetReport report) => report.Mapping.Count == 0
        ? $"Digest {Numbers.Digest(report.Digest)}."
        : $"Digest {Numbers.Digest(report.Digest)}. Columns {string.Join(", ", report.Mapping.Values)}.";
}
