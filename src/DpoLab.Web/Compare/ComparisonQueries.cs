using DpoLab.Contracts.Results;
using DpoLab.Web.Interventions;
using DpoLab.Web.Neurons;
using DpoLab.Web.Runs;
using DpoLab.Web.Studies;

namespace DpoLab.Web.Compare;

/// <summary>Puts runs, or studies, side by side.</summary>
public sealed class ComparisonQueries(RunQueries runs, StudyQueries studies, TextPairs texts, NeuronTables tables)
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
            Add(id, await studies.FindAsync(id) is { } study ? await OfAsync(study) : null);
        return new Comparison(
            things,
            unknown,
            things.Select(thing => thing.IsStudy).Distinct().Count() > 1 ? null : SettingDifferences.Of([.. things.Select(thing => thing.Parts)]),
            await VariantsAsync(things),
            await OverlapsAsync(things));

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
        Parts = [new ComparedPart("", run.Summary.Id, run.Spec.Parameters)],
        Rows = [.. run.Rows.Where(row => !row.Variant.StartsWith("trial ", StringComparison.Ordinal)).Select(row => new ComparedRow(run.Summary.Id, row))],
        Series = run.Series,
        SeriesRunId = run.Summary.Id,
        Neurons = run.Result as NeuronsResult,
        NeuronsRunId = run.Summary.Id,
    };

    private async Task<ComparedThing> OfAsync(StudyView study)
    {
        var parts = new List<ComparedPart>();
        foreach (var node in study.Nodes)
        {
            if (await runs.FindAsync(node.Run.Id) is { } run)
                parts.Add(new ComparedPart(node.Key, node.Run.Id, run.Spec.Parameters));
        }

        return new ComparedThing
        {
            Id = study.Summary.Id,
            Name = study.Summary.Question,
            Href = Urls.Study(study.Summary.Id),
            IsStudy = true,
            Parts = parts,
            Rows = [.. study.Table.Rows.Where(row => row.Row is not null).Select(row => new ComparedRow(row.RunId, row.Row!))],
            Series = study.DpoRunId is { } dpo && await runs.FindAsync(dpo) is { } training ? training.Series : [],
            SeriesRunId = study.DpoRunId,
            Neurons = study.Neurons,
            NeuronsRunId = study.NeuronsRunId,
        };
    }

    /// <summary>Neurons of the first thing that has any against those of the others.</summary>
    private async Task<IReadOnlyList<GroupOverlap>> OverlapsAsync(List<ComparedThing> things)
    {
        var overlaps = new List<GroupOverlap>();
        ComparedThing? first = things.FirstOrDefault(thing => thing.Neurons is not null);
        foreach (var thing in things)
            overlaps.Add(thing.Neurons is null || thing == first ? GroupOverlap.None : await OverlapAsync(first!.NeuronsRunId!, thing.NeuronsRunId!));
        return overlaps;
    }

    private async Task<GroupOverlap> OverlapAsync(string first, string other)
    {
        try
        {
            return GroupOverlap.Of(await tables.GetAsync(first), await tables.GetAsync(other));
        }
        catch (Exception e) when (e is NotFoundException or InputRefusedException)
        {
            return GroupOverlap.None with { Missing = e.Message };
        }
    }

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
            variants.Add(new ComparedVariant(StudyTables.DisplayName(variant), variant, cells));
        }

        return variants;
    }

    private async Task<Estimate?> DifferenceAsync(ComparedRow before, ComparedRow after) => TextPairs.Difference(TextPairs.Of(
        await texts.ReadAsync(before.RunId, before.Row.Variant), await texts.ReadAsync(after.RunId, after.Row.Variant)));
}
