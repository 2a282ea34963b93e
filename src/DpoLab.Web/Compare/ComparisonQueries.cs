using DpoLab.Contracts.Results;
using DpoLab.Web.Interventions;
using DpoLab.Web.Runs;
using DpoLab.Web.Studies;

namespace DpoLab.Web.Compare;

/// <summary>Puts runs, or studies, side by side.</summary>
public sealed class ComparisonQueries(RunQueries runs, StudyQueries studies, TextPairs texts)
{
    /// <summary>Things that fit side by side on a page.</summary>
    public const int Most = 6;

    /// <summary>The comparison of what exists.</summary>
    /// <param name="runIds">Runs, in the order of their columns.</param>
    /// <param name="studyIds">Studies, after the runs.</param>
    public async Task<Comparison> CompareAsync(IEnumerable<string> runIds, IEnumerable<string> studyIds)
    {
        ArgumentNullException.ThrowIfNull(runIds);
        ArgumentNullException.ThrowIfNull(studyIds);
        var things = new List<ComparedThing>();
        var unknown = new List<string>();
        foreach (string id in runIds.Distinct(StringComparer.Ordinal).Take(Most))
            Add(id, await runs.FindAsync(id) is { } run ? Of(run) : null);
        foreach (string id in studyIds.Distinct(StringComparer.Ordinal).Take(Most))
            Add(id, await studies.FindAsync(id) is { } study ? Of(study) : null);
        return new Comparison(
            things,
            unknown,
            things.All(thing => thing.Parameters is not null) ? SettingDifferences.Of([.. things.Select(thing => thing.Parameters!)]) : [],
            await VariantsAsync(things));

        void Add(string id, ComparedThing? thing)
        {
            if (thing is null)
                unknown.Add(id);
            else
                things.Add(thing);
        }
    }

    private static ComparedThing Of(RunView run) => new()
    {
        Id = run.Summary.Id,
        Name = run.Summary.Name,
        Href = Urls.Run(run.Summary.Id),
        Parameters = run.Spec.Parameters,
        Rows = [.. run.Rows.Where(row => !row.Variant.StartsWith("trial ", StringComparison.Ordinal)).Select(row => new ComparedRow(run.Summary.Id, row))],
        Series = run.Series,
        Neurons = run.Result as NeuronsResult,
    };

    private static ComparedThing Of(StudyView study) => new()
    {
        Id = study.Summary.Id,
        Name = study.Summary.Question,
        Href = Urls.Study(study.Summary.Id),
        Rows = [.. study.Table.Rows.Where(row => row.Row is not null).Select(row => new ComparedRow(row.RunId, row.Row!))],
        Neurons = study.Neurons,
    };

    private async Task<IReadOnlyList<ComparedVariant>> VariantsAsync(List<ComparedThing> things)
    {
        var variants = new List<ComparedVariant>();
        foreach (string variant in things.SelectMany(thing => thing.Rows).Select(row => row.Row.Variant).Distinct(StringComparer.Ordinal))
        {
            ComparedRow?[] rows = [.. things.Select(thing => thing.Rows.FirstOrDefault(row => row.Row.Variant == variant))];
            var first = rows.First(row => row is not null)!;
            var cells = new List<ComparedCell?>();
            foreach (var row in rows)
                cells.Add(row is null ? null : new ComparedCell(row.Row, row == first ? null : await DifferenceAsync(first, row)));
            variants.Add(new ComparedVariant(variant, cells));
        }

        return variants;
    }

    private async Task<Estimate?> DifferenceAsync(ComparedRow before, ComparedRow after) => TextPairs.Difference(TextPairs.Of(
        await texts.ReadAsync(before.RunId, before.Row.Variant), await texts.ReadAsync(after.RunId, after.Row.Variant)));
}
