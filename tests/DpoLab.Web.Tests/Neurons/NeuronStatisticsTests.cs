using System.Runtime.InteropServices;
using System.Text.Json;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Tests;
using DpoLab.Web.Neurons;
using DpoLab.Web.NeuronSets;

namespace DpoLab.Web.Tests.Neurons;

/// <summary>The page's figures against values that other code computed.</summary>
public sealed class NeuronStatisticsTests
{
    public static TheoryData<string> Families => ["gpt2", "llama31", "gemma2", "mistral"];

    [Theory]
    [MemberData(nameof(Families))]
    public void Summary_ReferenceStatistics_HasTheReferenceCounts(string family)
    {
        var (table, groups) = Reference(family);

        ChosenSummary summary = ChosenSummary.Of(ChosenNeurons.All(table));

        foreach (GroupSummary group in summary.Groups)
        {
            JsonElement expected = groups.GetProperty("groups").GetProperty(group.Group.ToString().ToUpperInvariant());
            Assert.Equal(expected.GetProperty("total").GetInt32(), group.Total);
            Assert.Equal(expected.GetProperty("lowered").GetInt32(), group.Lowered);
            Assert.Equal(expected.GetProperty("raised").GetInt32(), group.Raised);
            Assert.Equal(expected.GetProperty("reduction").GetDouble(), group.Reduction, 1e-9);
            Assert.Equal(expected.GetProperty("share").GetDouble(), group.Share, 1e-9);
            Assert.Equal(expected.GetProperty("increase").GetDouble(), group.CounterMovement, 1e-9);
            double[] perLayer = expected.GetProperty("reduction_per_layer").Deserialize<double[]>()!;
            Assert.All(summary.Layers, layer => Assert.Equal(-perLayer[layer.Layer], layer.GroupChange[(int)group.Group], 1e-9));
        }

        Assert.Equal(groups.GetProperty("zeros_or_nonfinite").GetInt32(), summary.Zeros);
        Assert.Equal(groups.GetProperty("total_reduction").GetDouble(), summary.Reduction, 1e-9);
        Assert.Equal(groups.GetProperty("net").GetDouble(), -summary.NetChange, 1e-9);
        Assert.Equal(
            groups.GetProperty("neurons_for_share").EnumerateObject().Select(mark => mark.Value.GetInt32()),
            summary.Cumulative.Marks);
        var toxic = new TopToxic(table);
        foreach (JsonProperty share in groups.GetProperty("top_toxic_share").EnumerateObject())
            Assert.Equal(share.Value.GetDouble(), toxic.At(int.Parse(share.Name)).Share, 1e-9);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Rule_ReferenceStatistics_TakesTheReferenceSelection(string family)
    {
        var (table, _) = Reference(family);
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(Repository.Fixture("science", family, "expected.json")));

        foreach (NeuronGroup group in Enum.GetValues<NeuronGroup>())
        {
            int[] expected = json.RootElement.GetProperty("selection").GetProperty(group.ToString().ToUpperInvariant()).Deserialize<int[]>()!;
            Assert.Equal(expected.Order(), NeuronSetSources.Taken(table, group, 0.5).Order());
        }
    }

    [Fact]
    public void Summary_PartsOfAWhole_AddUp()
    {
        var table = NeuronTable.Read(SyntheticNeurons.Of(6, 500, seed: 4).File());

        ChosenSummary all = ChosenSummary.Of(ChosenNeurons.All(table));
        ChosenSummary[] parts = [.. new[] { "cosine > .02", "not cosine > .02" }.Select(w => ChosenSummary.Of(new NeuronFilter { Where = w }.Choose(table)))];

        Assert.Equal(all.Count, parts.Sum(p => p.Count));
        Assert.Equal(1, parts.Sum(p => p.Share), 1e-9);
        Assert.Equal(all.NetChange, parts.Sum(p => p.NetChange), 1e-9);
        for (int layer = 0; layer < 6; layer++)
        {
            Assert.Equal(all.Layers[layer].After, parts.Sum(p => p.Layers[layer].After), 1e-9);
            Assert.Equal(all.CountByLayer[layer], parts.Sum(p => p.CountByLayer[layer]));
        }
    }

    [Fact]
    public void Summary_PatchEffect_IsWhatTheTunedMeansChangeWhereVectorsStay()
    {
        // the synthetic pair's value vectors are the same before and after, so patching all of a layer brings its projection to the tuned one's
        var neurons = SyntheticNeurons.Of(3, 4000, seed: 5);
        var table = NeuronTable.Read(neurons.File());

        ChosenSummary summary = ChosenSummary.Of(new NeuronFilter { Where = "activation-before != 0" }.Choose(table));

        Assert.All(summary.Layers, layer => Assert.Equal(layer.After - layer.Before, summary.PatchEffect[layer.Layer]!.Value, 1e-9));
        Assert.Null(ChosenSummary.Of(ChosenNeurons.All(table)).PatchEffect[0]);
    }

    [Fact]
    public void Density_OfAGroup_HasTheAreaOfWhatLiesWithin()
    {
        var table = NeuronTable.Read(SyntheticNeurons.Of(8, 2000, seed: 6).File());

        foreach (ActivationDensity curve in ActivationDensity.Of(ChosenNeurons.All(table)))
        {
            double step = curve.Change[1] - curve.Change[0];
            double within = (double)(curve.Count - curve.Outside) / curve.Count;
            Assert.Equal(within, curve.Density.Sum() * step, 0.03);
        }
    }

    [Fact]
    public void Read_FileCutShort_SaysSo()
    {
        byte[] file = SyntheticNeurons.Of(2, 50, seed: 1).File();

        Assert.Contains("cut short", Assert.Throws<InvalidDataException>(() => NeuronTable.Read(file.AsMemory(0, file.Length - 10))).Message);
        Assert.Contains("at least 8", Assert.Throws<InvalidDataException>(() => NeuronTable.Read(file.AsMemory(0, 5))).Message);
    }

    /// <summary>The reference statistics of a family as the table that a neurons run would have written, and the reference's groups.</summary>
    private static (NeuronTable Table, JsonElement Groups) Reference(string family)
    {
        byte[] bytes = File.ReadAllBytes(Repository.Fixture("science", family, "expected.safetensors"));
        var source = new SafetensorsBytes(bytes);
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(Repository.Fixture("science", family, "expected.json")));
        int layers = json.RootElement.GetProperty("groups").GetProperty("groups").GetProperty("TP").GetProperty("reduction_per_layer").GetArrayLength();
        int count = source.Length("base.cosine") / sizeof(double);
        double[] Read(string name) => source.Array<double>(name, "F64", count);
        double[] cosine = Read("base.cosine"), before = Read("base.mean"), projectionBefore = Read("base.projection"), projectionAfter = Read("tuned.projection");
        byte[] codes = [.. Enumerable.Range(0, count).Select(i => Code(cosine[i], before[i], projectionAfter[i] - projectionBefore[i]))];
        int[] order = [.. Enumerable.Range(0, count).OrderByDescending(i => cosine[i]).ThenBy(i => i)];
        var rank = new int[count];
        for (int place = 0; place < count; place++)
            rank[order[place]] = place;
        byte[] file = SafetensorsWriter.Write(
            new() { [NeuronArrays.Layers] = $"{layers}", [NeuronArrays.NeuronsPerLayer] = $"{count / layers}" },
            (NeuronArrays.Cosine, "F64", Bytes(cosine)),
            (NeuronArrays.ActivationBefore, "F64", Bytes(before)),
            (NeuronArrays.ActivationAfter, "F64", Bytes(Read("tuned.mean"))),
            (NeuronArrays.VarianceBefore, "F64", Bytes(Read("base.variance"))),
            (NeuronArrays.VarianceAfter, "F64", Bytes(Read("tuned.variance"))),
            (NeuronArrays.ProjectionBefore, "F64", Bytes(projectionBefore)),
            (NeuronArrays.ProjectionAfter, "F64", Bytes(projectionAfter)),
            (NeuronArrays.ToxicRank, "I32", Bytes(rank)),
            (NeuronArrays.Group, "U8", codes));
        return (NeuronTable.Read(file), json.RootElement.GetProperty("groups").Clone());
    }

    private static byte[] Bytes<T>(T[] values)
        where T : unmanaged => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    private static byte Code(double cosine, double activation, double change) => (cosine, activation) switch
    {
        _ when change == 0 || cosine == 0 || activation == 0 => NeuronArrays.NoGroup,
        ( > 0, > 0) => NeuronArrays.Code(NeuronGroup.Tp, change < 0),
        ( < 0, < 0) => NeuronArrays.Code(NeuronGroup.An, change < 0),
        ( > 0, < 0) => NeuronArrays.Code(NeuronGroup.Tn, change < 0),
        _ => NeuronArrays.Code(NeuronGroup.Ap, change < 0),
    };
}
