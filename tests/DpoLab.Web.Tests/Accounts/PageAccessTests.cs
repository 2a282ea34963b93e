using System.Reflection;
using DpoLab.Web.Accounts;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Tests.Accounts;

public sealed class PageAccessTests
{
    /// <summary>The pages that anyone may open. A new one has to be added here on purpose.</summary>
    private static readonly string[] Public = ["/account/", "/s/", "/error", "/not-found"];

    public static TheoryData<Type> Pages => [.. typeof(App).Assembly.GetTypes().Where(t => t.GetCustomAttributes<RouteAttribute>().Any())];

    [Theory]
    [MemberData(nameof(Pages))]
    public void MayOpen_Nobody_OnlyPublicPages(Type page)
    {
        bool isPublic = page.GetCustomAttributes<RouteAttribute>().All(r => Public.Any(p => r.Template.StartsWith(p, StringComparison.Ordinal)));

        Assert.Equal(isPublic, PageAccess.MayOpen(page, actor: null));
        Assert.True(PageAccess.MayOpen(page, Actor.Local));
    }
}
