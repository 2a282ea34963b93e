using Markdig;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Studies.Notes;

/// <summary>Markdown that people wrote, as HTML that can do no harm: raw HTML is shown as text, links lead to pages only, pictures are links.</summary>
public static class NotesMarkdown
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().DisableHtml().UsePipeTables().UseAutoLinks().UseTaskLists().Build();

    /// <summary>Sanitised HTML.</summary>
    public static MarkupString ToHtml(string markdown)
    {
        var document = Markdown.Parse(markdown ?? "", Pipeline);
        foreach (var link in document.Descendants<LinkInline>())
        {
            // a picture from elsewhere would tell its host who reads the notes
            link.IsImage = false;
            if (!IsHarmless(link.Url))
                link.Url = "";
            link.GetAttributes().AddPropertyIfNotExist("rel", "nofollow noopener noreferrer");
        }

        foreach (var link in document.Descendants<AutolinkInline>().Where(link => !link.IsEmail && !IsHarmless(link.Url)))
            link.Url = "";
        foreach (var heading in document.Descendants<HeadingBlock>())
            heading.Level = Math.Min(6, heading.Level + 2);
        return new MarkupString(document.ToHtml(Pipeline));
    }

    private static bool IsHarmless(string? url)
    {
        if (string.IsNullOrWhiteSpace(url))
            return false;
        if (Uri.TryCreate(url, UriKind.Absolute, out var absolute) && !url.StartsWith('/'))
            return absolute.Scheme is "http" or "https" or "mailto";
        return !url.Contains(':', StringComparison.Ordinal) && !url.StartsWith("//", StringComparison.Ordinal) && !url.StartsWith("/\\", StringComparison.Ordinal);
    }
}
