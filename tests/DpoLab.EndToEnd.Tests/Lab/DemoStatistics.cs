using System.Net.Http.Json;
using System.Text.Json;
using DpoLab.Contracts;
using DpoLab.Contracts.Runs;
using DpoLab.Tests;

namespace DpoLab.EndToEnd.Tests.Lab;

/// <summary>A direction and the neuron statistics of a pair, small: the tuned model is the base model.</summary>
internal static class DemoStatistics
{
    /// <summary>The run of the neuron statistics.</summary>
    public const string Run = "r-neurons";

    private const string Direction = "r-direction";

    /// <summary>Submits both through the API and waits until the pair is measured.</summary>
    public static async Task MeasureAsync(LabProcess lab, CancellationToken cancellationToken)
    {
        var model = InputRef.OfPath(Repository.Demo("base-model"), "demo GPT-2");
        using var client = new HttpClient { BaseAddress = new Uri(lab.Address) };
        await SubmitAsync(client, Direction, new DirectionParameters { Model = model, Method = DirectionMethod.EmbeddingDifference }, cancellationToken);
        await SubmitAsync(
            client,
            Run,
            new NeuronsParameters
            {
                Base = model,
                Tuned = model,
                Direction = InputRef.OfArtifact(Direction, Artifacts.Direction),
                Prompts = new DatasetRef(InputRef.OfPath(Repository.Demo("challenge-prompts.jsonl")), Limit: 4),
                NewTokens = 2,
            },
            cancellationToken);
        await Wait.UntilAsync(
            async () => (await client.GetFromJsonAsync<JsonElement>($"/api/v1/runs/{Run}", cancellationToken)).GetProperty("status").GetProperty("state").GetString() == "succeeded",
            TimeSpan.FromMinutes(2),
            "the pair is measured",
            cancellationToken);
    }

    private static async Task SubmitAsync(HttpClient client, string id, RunParameters parameters, CancellationToken cancellationToken)
    {
        HttpResponseMessage answer = await client.PostAsJsonAsync("/api/v1/runs", new { id, name = id, parameters }, ContractJson.Options, cancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(cancellationToken));
    }
}
