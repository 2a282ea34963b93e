using System.Globalization;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Data;

/// <summary>A labelled comment.</summary>
/// <param name="Text">Not empty.</param>
/// <param name="Toxicity">0 to 1; with several raters the share that said so.</param>
public sealed record Comment(string Text, double Toxicity)
{
    /// <summary>From this share on a comment counts as toxic.</summary>
    public const double ToxicFrom = 0.5;

    /// <summary>True: at least half of the raters said so.</summary>
    public bool IsToxic => Toxicity >= ToxicFrom;
}

/// <summary>A prompt with a preferred and a dispreferred answer.</summary>
public sealed record PreferencePair(string Prompt, string Chosen, string Rejected);

/// <summary>A prompt and the text that really follows it.</summary>
public sealed record Continuation(string Prompt, string Gold);

/// <summary>
/// The datasets of the lab (science.md, section 2), read whole into memory once they are known to be good.
/// Each method throws <see cref="DatasetException"/> with the row and column of the first record that cannot be used.
/// </summary>
public static class Datasets
{
    /// <summary>Labelled comments; both toxic ones and others are there.</summary>
    public static IReadOnlyList<Comment> Comments(DatasetFile file, CancellationToken cancellationToken = default) =>
        Read(file, DatasetKind.Comments, v => new Comment(v[0], double.Parse(v[1], CultureInfo.InvariantCulture)), cancellationToken);

    /// <summary>Preference pairs.</summary>
    public static IReadOnlyList<PreferencePair> PreferencePairs(DatasetFile file, CancellationToken cancellationToken = default) =>
        Read(file, DatasetKind.Pairs, v => new PreferencePair(v[0], v[1], v[2]), cancellationToken);

    /// <summary>Challenge prompts.</summary>
    public static IReadOnlyList<string> Prompts(DatasetFile file, CancellationToken cancellationToken = default) =>
        Read(file, DatasetKind.Prompts, v => v[0], cancellationToken);

    /// <summary>Prompts with their gold continuations.</summary>
    public static IReadOnlyList<Continuation> Continuations(DatasetFile file, CancellationToken cancellationToken = default) =>
        Read(file, DatasetKind.Continuations, v => new Continuation(v[0], v[1]), cancellationToken);

    /// <summary>One text for perplexity: a plain text as it is, records joined by a blank line as is usual for WikiText.</summary>
    public static string TextCorpus(DatasetFile file, CancellationToken cancellationToken = default) =>
        string.Join("\n\n", Read(file, DatasetKind.Text, v => v[0], cancellationToken));

    private static List<T> Read<T>(DatasetFile file, DatasetKind kind, Func<IReadOnlyList<string>, T> make, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(file);
        using var reader = DatasetReader.Open(file, kind);
        var totals = new DatasetTotals(kind);
        var records = new List<T>();
        foreach (var record in reader.Records(cancellationToken))
        {
            totals.Add(record);
            records.Add(make(record.Values));
        }

        return totals.Problem(file, reader.Mapping) is { } problem ? throw problem : records;
    }
}
