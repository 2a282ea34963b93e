using System.Globalization;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace DpoLab.EndToEnd.Tests.Lab;

/// <summary>Asks axe what is wrong with a page for people who do not see it, hear it or use a mouse: by every rule, in light and in dark.</summary>
internal static class Axe
{
    /// <summary>The page is alive, shows no skeletons, and its charts are drawn.</summary>
    private const string Settled = """
        () => document.documentElement.hasAttribute('data-alive')
            && !document.querySelector('main .sk, .chart:not(.map):not([data-drawn]), .chart.map:not([data-points])')
        """;

    /// <summary>Of the rules, only this one's answer depends on the theme.</summary>
    private static readonly AxeRunOptions Colours = new() { RunOnly = new RunOnlyOptions { Type = "rule", Values = ["color-contrast"] } };

    /// <summary>Opens an address of the lab and looks at it once it has settled.</summary>
    /// <returns>What is serious or critical, one line each; empty: nothing.</returns>
    public static async Task<IReadOnlyList<string>> OpenAsync(IPage page, string address)
    {
        // a colour on its way from one theme to the other is none of either: with reduced motion there is no way between
        await page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.Reduce });
        await page.GotoAsync(address);
        try
        {
            await page.WaitForFunctionAsync(Settled, options: new() { Timeout = 60_000 });
        }
        catch (TimeoutException)
        {
            return [$"{address}: it did not settle within a minute"];
        }

        return await LookAsync(page, address);
    }

    /// <summary>Looks at the page as it is, in both themes.</summary>
    /// <inheritdoc cref="OpenAsync"/>
    public static async Task<IReadOnlyList<string>> LookAsync(IPage page, string name)
    {
        await ChooseAsync(page, "light");
        List<string> found = [.. Lines(await page.RunAxe(), $"{name}, light")];
        await ChooseAsync(page, "dark");
        found.AddRange(Lines(await page.RunAxe(Colours), $"{name}, dark"));
        return found;
    }

    private static async Task ChooseAsync(IPage page, string theme)
    {
        await page.EvaluateAsync("theme => import('./js/theme.js').then(themes => themes.choose(theme))", theme);
        // the charts follow in the next frame
        await page.EvaluateAsync("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
    }

    private static IEnumerable<string> Lines(AxeResult result, string name) => result.Violations
        .Where(violation => violation.Impact is "serious" or "critical")
        .SelectMany(violation => violation.Nodes.Select(node => string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {violation.Impact} {violation.Id}: {node.Html}: {string.Join("; ", node.Any.Concat(node.All).Concat(node.None).Select(check => check.Message))}")));
}
