using DpoLab.Compute.Data;
using DpoLab.Compute.Runs;
using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Hosting;

/// <summary>Looks at folders and files on the host before a run reads them.</summary>
internal sealed class Inspection(ServeOptions options)
{
    private readonly InputResolver inputs = new(options.DataPath);

    /// <summary>What a model or scorer folder holds, without loading its weights.</summary>
    public ModelReport Model(InputRef folder, CancellationToken cancellationToken)
    {
        return ModelInspection.Of(inputs.Find(folder), cancellationToken);
    }

    /// <summary>What a dataset holds, or the first bad record.</summary>
    public DatasetReport Dataset(DatasetRef dataset, DatasetKind kind, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return DatasetInspection.Inspect(DatasetFile.Of(inputs.Find(dataset.File), dataset), kind, cancellationToken);
    }
}
