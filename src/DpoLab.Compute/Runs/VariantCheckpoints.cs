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
    public EvaluatedVariant? Find(string part, int index, string name) =>
        Find<EvaluatedVariant>(part, index, known => known.Row.Variant == name);

    /// <summary>Something else that an earlier start has measured and kept; null: none has.</summary>
    /// <param name="part">What it belongs to.</param>
    /// <param name="index">Its place there.</param>
    /// <param name="same">Whether what is kept is what is looked for.</param>
    public T? Find<T>(string part, int index, Func<T, bool> same)
        where T : class
    {
        string path = PathOf(part, index);
        if (!File.Exists(path))
            return null;
        var known = JsonSerializer.Deserialize<T>(File.ReadAllBytes(path), ContractJson.Options);
        if (known is null || !same(known))
            return null;
        done++;
        return known;
    }

    /// <summary>Keeps what was measured.</summary>
    public void Keep<T>(string part, int index, T variant)
    {
        string path = PathOf(part, index);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.WriteJson(path, variant);
        new CheckpointNote(++done, unit).Write(run);
    }

    private string PathOf(string part, int index) =>
        Path.Combine(run.CheckpointPath, part, index.ToString("D5", CultureInfo.InvariantCulture) + ".json");
}
