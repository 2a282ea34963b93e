using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace DpoLab.EndToEnd.Tests.Lab;

/// <summary>Where a page is. The lab changes addresses without loading, and such a change can slip through Playwright's waiting for a navigation; this looks again and again.</summary>
internal static class Address
{
    /// <summary>Waits until the page's address is one of the pattern.</summary>
    /// <param name="page">The page.</param>
    /// <param name="pattern">A regular expression without captures.</param>
    /// <param name="patience">Milliseconds.</param>
    public static Task BecomesAsync(IPage page, string pattern, float patience = 30_000) =>
        Assertions.Expect(page).ToHaveURLAsync(new Regex(pattern, RegexOptions.None, TimeSpan.FromSeconds(1)), new() { Timeout = patience });
}
