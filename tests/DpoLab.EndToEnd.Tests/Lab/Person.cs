using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace DpoLab.EndToEnd.Tests.Lab;

/// <summary>What a person does to get into a lab with accounts.</summary>
internal static partial class Person
{
    /// <summary>Opens the one-time link that the first start printed, and makes the administrator.</summary>
    public static async Task BecomeAdministratorAsync(IPage page, LabProcess lab, CancellationToken cancellationToken)
    {
        await Wait.UntilAsync(() => FirstLink().IsMatch(lab.Output), TimeSpan.FromMinutes(1), "the lab prints its first link", cancellationToken);
        await page.GotoAsync("/" + FirstLink().Match(lab.Output).Value);
        await page.GetByLabel("Name").FillAsync("ada");
        await page.GetByLabel("Password").FillAsync("a long enough password");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the account" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Home", Level = 1 })).ToBeVisibleAsync(new() { Timeout = 30_000 });
    }

    [GeneratedRegex(@"account/first\?key=[\w-]+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FirstLink();
}
