using DpoLab.Web.Studies.Notes;

namespace DpoLab.Web.Tests.Studies;

public sealed class NotesMarkdownTests
{
    [Theory]
    [InlineData("<img src=x onerror=alert(1)>", "<img")]
    [InlineData("<script>alert(1)</script>", "<script")]
    [InlineData("[a](javascript:alert(1))", "javascript:")]
    [InlineData("[a](JaVaScRiPt:alert(1))", "alert(1)\"")]
    [InlineData("[a](data:text/html;base64,PHNjcmlwdD4=)", "data:")]
    [InlineData("<javascript:alert(1)>", "href=\"javascript")]
    [InlineData("![a](https://elsewhere.example/pixel.png)", "<img")]
    [InlineData("[a](//elsewhere.example)", "href=\"//")]
    [InlineData("[a]: vbscript:x\n\n[a]", "vbscript:x\"")]
    public void ToHtml_WhatCouldDoHarm_IsNotInTheHtml(string markdown, string harm) =>
        Assert.DoesNotContain(harm, NotesMarkdown.ToHtml(markdown).Value, StringComparison.OrdinalIgnoreCase);

    [Theory]
    [InlineData("**46 %** of the fall", "<strong>46 %</strong>")]
    [InlineData("[run](/runs/r-1)", "href=\"/runs/r-1\"")]
    [InlineData("[paper](https://arxiv.org/abs/2411.06424)", "href=\"https://arxiv.org/abs/2411.06424\"")]
    [InlineData("# Found", "<h3")]
    [InlineData("a | b\n-|-\n1 | 2", "<td>1</td>")]
    public void ToHtml_OrdinaryMarkdown_IsFormatted(string markdown, string html) =>
        Assert.Contains(html, NotesMarkdown.ToHtml(markdown).Value);
}
