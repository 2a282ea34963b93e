using DpoLab.Tests;
using Microsoft.Playwright;

namespace DpoLab.EndToEnd.Tests.Lab;

/// <summary>Adds the demo's model, scorer and data through the API, as the signed-in person.</summary>
internal static class DemoInputs
{
    public static async Task AddAsync(IPage person, CancellationToken cancellationToken)
    {
        await PostAsync(person, "models", new { path = Repository.Demo("base-model"), name = "demo GPT-2" }, cancellationToken);
        await PostAsync(person, "models", new { path = Repository.Demo("scorer"), name = "demo scorer" }, cancellationToken);
        foreach (var (file, kind) in new[]
        {
            ("comments.csv", "comments"),
            ("pairs.jsonl", "pairs"),
            ("challenge-prompts.jsonl", "prompts"),
            ("continuations.jsonl", "continuations"),
            ("text.txt", "text"),
        })
        {
            await PostAsync(person, "datasets", new { path = Repository.Demo(file), kind, name = $"demo {kind}" }, cancellationToken);
        }
    }

    /// <summary>The compute service may still be starting: then the lab says so, and it is asked again.</summary>
    private static Task PostAsync(IPage person, string path, object body, CancellationToken cancellationToken) => Wait.UntilAsync(
        async () =>
        {
            IAPIResponse answer = await person.Context.APIRequest.PostAsync($"/api/v1/{path}", new() { DataObject = body });
            string text = await answer.TextAsync();
            Assert.True(answer.Ok || text.Contains("connect", StringComparison.OrdinalIgnoreCase), $"{path}: {answer.Status} {text}");
            return answer.Ok;
        },
        TimeSpan.FromMinutes(1),
        $"the lab takes {body}",
        cancellationToken);
}
