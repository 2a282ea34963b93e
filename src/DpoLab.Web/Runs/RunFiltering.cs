using DpoLab.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace DpoLab.Web.Runs;

/// <summary>Filters as SQL.</summary>
internal static class RunFiltering
{
    public static IQueryable<RunEntity> Matching(LabDbContext db, RunFilter filter)
    {
        IQueryable<RunEntity> runs = db.Runs.Where(r => r.Archived == filter.Archived);
        if (filter.States.Count > 0)
            runs = runs.Where(r => filter.States.Contains(r.State));
        if (filter.Kinds.Count > 0)
            runs = runs.Where(r => filter.Kinds.Contains(r.Kind));
        if (!string.IsNullOrWhiteSpace(filter.Tag))
            runs = runs.Where(r => (" " + r.Tags + " ").Contains(" " + filter.Tag.Trim() + " "));
        if (filter.StudyId is not null)
            runs = runs.Where(r => db.StudyNodes.Any(n => n.StudyId == filter.StudyId && n.RunId == r.Id));
        if (!string.IsNullOrWhiteSpace(filter.Text))
        {
            string like = "%" + Escaped(filter.Text.Trim()) + "%";
            runs = runs.Where(r => EF.Functions.Like(r.Name, like, "\\") || EF.Functions.Like(r.Id, like, "\\")
                || EF.Functions.Like(r.Model!, like, "\\") || EF.Functions.Like(r.Tags, like, "\\"));
        }

        return runs;
    }

    /// <summary>Pinned runs come first in every order.</summary>
    public static IQueryable<RunEntity> Ordered(IQueryable<RunEntity> runs, RunOrder order)
    {
        IOrderedQueryable<RunEntity> pinned = runs.OrderByDescending(r => r.Pinned);
        return order switch
        {
            RunOrder.Oldest => pinned.ThenBy(r => r.CreatedAt).ThenBy(r => r.Id),
            RunOrder.Name => pinned.ThenBy(r => r.Name).ThenBy(r => r.Id),
            RunOrder.Finished => pinned.ThenByDescending(r => r.FinishedAt).ThenBy(r => r.Id),
            _ => pinned.ThenByDescending(r => r.CreatedAt).ThenBy(r => r.Id),
        };
    }

    public static IQueryable<GeneratedTextEntity> Texts(LabDbContext db, string runId, TextFilter filter)
    {
        IQueryable<GeneratedTextEntity> texts = db.GeneratedTexts.Where(t => t.RunId == runId);
        if (filter.Variant is not null)
            texts = texts.Where(t => t.Variant == filter.Variant);
        if (filter.Step is not null)
            texts = texts.Where(t => t.Step == filter.Step);
        if (!string.IsNullOrWhiteSpace(filter.Text))
        {
            string like = "%" + Escaped(filter.Text.Trim()) + "%";
            texts = texts.Where(t => EF.Functions.Like(t.PromptText, like, "\\") || EF.Functions.Like(t.Continuation, like, "\\"));
        }

        return filter.Order switch
        {
            TextOrder.MostToxic => texts.OrderByDescending(t => t.Score).ThenBy(t => t.Prompt).ThenBy(t => t.Variant),
            TextOrder.LeastToxic => texts.OrderBy(t => t.Score == null).ThenBy(t => t.Score).ThenBy(t => t.Prompt).ThenBy(t => t.Variant),
            _ => texts.OrderBy(t => t.Prompt).ThenBy(t => t.Step).ThenBy(t => t.Variant),
        };
    }

    private static string Escaped(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);
}
