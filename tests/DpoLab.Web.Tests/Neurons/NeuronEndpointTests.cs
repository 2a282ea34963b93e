using System.Runtime.InteropServices;
using DpoLab.Contracts.Runs;
using DpoLab.Tests;
using DpoLab.Web.Data;
using DpoLab.Web.Neurons;
using DpoLab.Web.Runs;
using DpoLab.Web.Tests.Lab;
using Parquet;

namespace DpoLab.Web.Tests.Neurons;

/// <summary>A run directory, its real compute service, and what the web server makes of it over HTTP.</summary>
public sealed class NeuronEndpointTests
{
    private const string Id = "r-synthetic";

    [Fact]
    public async Task Neurons_OfARunDirectory_AreItsNumbers()
    {
        var neurons = SyntheticNeurons.Of(4, 250, seed: 11);
        await using var lab = new WebLab(embedded: true);
        using HttpClient client = lab.CreateClient();
        await TakeInAsync(lab, client, neurons);

        await AssertListAsync(client, neurons);
        await AssertPointsAsync(client, neurons);
        await AssertFilesAsync(client, neurons);

        HttpResponseMessage refused = await client.GetAsync($"{Urls.ApiRun(Id)}/neurons?where=kosine%20%3E%201", TestLab.Token);
        Assert.Contains("is no statistic", (await WebLab.ErrorsAsync(refused))["where"][0]);
    }

    internal static async Task TakeInAsync(WebLab lab, HttpClient client, SyntheticNeurons neurons)
    {
        RunSpec spec = neurons.WriteRun(Path.Combine(lab.ComputeData, "runs"), Id);
        await WebLab.ReadAsync<RunSummary>(await WebLab.PostAsync(client, "/runs", new { id = Id, name = spec.Name, parameters = spec.Parameters }));
        await Wait.UntilAsync(
            async () => (await lab.Get<RunQueries>().FindAsync(Id))!.Status.State is RunState.Succeeded, "the run is taken in", TestLab.Token);
    }

    private static async Task AssertListAsync(HttpClient client, SyntheticNeurons neurons)
    {
        var page = await WebLab.GetAsync<Paged<NeuronRow>>(client, $"/runs/{Id}/neurons?where=group%20%3D%20TP&sort=cosine&descending=true&take=5");
        int[] expected = [.. Enumerable.Range(0, 1000).Where(i => neurons.Code[i] == 1).OrderByDescending(i => neurons.Cosine[i])];
        Assert.Equal(expected.Length, page.Total);
        Assert.Equal(expected.Take(5), page.Items.Select(row => (row.Layer * 250) + row.Neuron));
        Assert.Equal(neurons.ProjectionAfter[expected[0]], page.Items[0].ProjectionAfter);
        Assert.Equal(neurons.Rank[expected[0]] + 1, page.Items[0].ToxicRank);

        var summary = await WebLab.GetAsync<ChosenSummary>(client, $"/runs/{Id}/neurons/summary");
        Assert.Equal(neurons.Result().Groups.Select(g => (g.Total, g.Lowered, g.Raised)), summary.Groups.Select(g => (g.Total, g.Lowered, g.Raised)));
        Assert.Equal(neurons.Result().TotalReduction, summary.Reduction, 1e-9);
    }

    private static async Task AssertPointsAsync(HttpClient client, SyntheticNeurons neurons)
    {
        byte[] points = await client.GetByteArrayAsync($"{Urls.ApiRun(Id)}/neurons/points?y=activation-before", TestLab.Token);
        Assert.Equal(1000 * 9, points.Length);
        Assert.Equal(neurons.Cosine.Select(c => (float)c), MemoryMarshal.Cast<byte, float>(points.AsSpan(0, 4000)).ToArray());
        Assert.Equal(neurons.ActivationBefore.Select(a => (float)a), MemoryMarshal.Cast<byte, float>(points.AsSpan(4000, 4000)).ToArray());
        Assert.Equal(neurons.Code, points[8000..]);

        byte[] bits = await client.GetByteArrayAsync($"{Urls.ApiRun(Id)}/neurons/chosen?box=0,1,-1,1", TestLab.Token);
        Assert.Equal(neurons.Cosine.Select(c => c is >= 0 and <= 1), Enumerable.Range(0, 1000).Select(i => (bits[i / 8] >> (i % 8) & 1) == 1));
    }

    private static async Task AssertFilesAsync(HttpClient client, SyntheticNeurons neurons)
    {
        int[] expected = [.. Enumerable.Range(0, 1000).Where(i => neurons.Code[i] == 2)];
        string[] csv = (await client.GetStringAsync($"{Urls.ApiRun(Id)}/neurons/neurons.csv?where=group%20%3D%20AN", TestLab.Token)).TrimEnd().Split('\n');
        Assert.StartsWith("layer,neuron,group,cosine,activation-before", csv[0]);
        Assert.Equal(expected.Length, csv.Length - 1);
        Assert.Equal(neurons.Cosine[expected[0]], double.Parse(csv[1].Split(',')[3], System.Globalization.CultureInfo.InvariantCulture));

        using var parquet = new MemoryStream(await client.GetByteArrayAsync($"{Urls.ApiRun(Id)}/neurons/neurons.parquet?where=group%20%3D%20AN", TestLab.Token));
        await using ParquetReader reader = await ParquetReader.CreateAsync(parquet, cancellationToken: TestLab.Token);
        using ParquetRowGroupReader rows = reader.OpenRowGroupReader(0);
        Assert.Equal(expected.Length, rows.RowCount);
        var cosines = new double[expected.Length];
        await rows.ReadAsync<double>(reader.Schema.DataFields.Single(f => f.Name == "cosine"), cosines.AsMemory(), cancellationToken: TestLab.Token);
        Assert.Equal(expected.Select(i => neurons.Cosine[i]), cosines);
    }
}
