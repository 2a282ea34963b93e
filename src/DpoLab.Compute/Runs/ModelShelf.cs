using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Runs;

/// <summary>The models of a run: all of them stay loaded while they are small, otherwise only the last one asked for.</summary>
internal sealed class ModelShelf(RunContext context) : IDisposable
{
    /// <summary>Weights that may stay beside each other: two models of up to 2 billion parameters in bf16.</summary>
    private const long SmallBytes = 8L << 30;

    private readonly Dictionary<string, LoadedModel> models = new(StringComparer.Ordinal);

    /// <summary>The model of an input, loaded.</summary>
    /// <param name="input">Which.</param>
    /// <param name="beside">One that is in use and stays, however large both are; null: none.</param>
    public LoadedModel Get(InputRef input, InputRef? beside = null)
    {
        string path = context.Inputs.Find(input);
        if (models.TryGetValue(path, out var known))
            return known;
        if (models.Values.Sum(m => m.WeightBytes) > SmallBytes)
            Clear(beside is null ? null : context.Inputs.Find(beside));
        return models[path] = LoadedModel.Load(context, input);
    }

    public void Dispose() => Clear(except: null);

    private void Clear(string? except)
    {
        foreach (var (path, model) in models.Where(m => m.Key != except).ToList())
        {
            model.Dispose();
            models.Remove(path);
        }
    }
}
