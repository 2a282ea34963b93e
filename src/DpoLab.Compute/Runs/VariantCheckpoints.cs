using System.Globalization;
using System.Text.Json;
using DpoLab.Compute.Evaluation;
using DpoLab.Contracts;

namespace DpoLab.Compute.Runs;

/// <summary>
/// What is measured already, in <c>checkpoint/</c>: a killed run does not measure it again. A variant is kept after its events were written, so
/// what is kept has been told.
/// </summary>
internal sealed class VariantCheckpoints(RunDirectory run, string unit)
{
    private int done;

    /// <summary>A variant that an earlier start has measured; null: none has.</summary>
    /// <param name="part">What it belongs to: <c>rows</c>, <c>trials</c>, <c>chosen</c>.</param>
    /// <param name="index">Its place there.</param>
    /// <param name="name">Its name, which must be the same.</param>
    public EvaluatedVariant? Find(string part, int index, string name)
    {
        string path = PathOf(part, index);
        if (!File.Exists(path))
            return null;
        var known = JsonSerializer.Deserialize<EvaluatedVariant>(File.ReadAllBytes(path), ContractJson.Options);
        if (known?.Row.Variant != name)
            return null;
        done++;
        return known;
    }

    /// <summary>Keeps a measured variant.</summary>
    public void Keep(string part, int index, EvaluatedVariant variant)
    {
        string path = PathOf(part, index);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.WriteJson(path, variant);
        new CheckpointNote(++done, unit).Write(run);
    }

    private string PathOf(string part, int index) =>
        Path.Combine(run.CheckpointPath, part, index.ToString("D5", CultureInfo.InvariantCulture) + ".json");
}
