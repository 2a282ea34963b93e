using DpoLab.Tests;
using DpoLab.Web.Neurons;

namespace DpoLab.Web.Tests.Neurons;

public sealed class ConditionParserTests
{
    private static readonly SyntheticNeurons Neurons = SyntheticNeurons.Of(layers: 6, perLayer: 100, seed: 3);
    private static readonly NeuronTable Table = NeuronTable.Read(Neurons.File());

    [Fact]
    public void Parse_Comparisons_HoldWhereTheNumbersSay()
    {
        Assert.Equal(Where(i => Neurons.Cosine[i] > 0.02), Chosen("cosine > 0.02"));
        Assert.Equal(Where(i => i / 100 >= 4), Chosen("layer >= 4"));
        Assert.Equal(Where(i => i / 100 >= 4), Chosen("layer ≥ 4"));
        Assert.Equal(Where(i => i % 100 == 7), Chosen("neuron = 7"));
        Assert.Equal(Where(i => Neurons.ProjectionAfter[i] - Neurons.ProjectionBefore[i] < -0.002), Chosen("Δproj < −.002"));
        Assert.Equal(Where(i => Neurons.Rank[i] < 10), Chosen("toxic-rank <= 10"));
        Assert.Equal(Where(i => Neurons.VarianceBefore[i] <= 0.1 * 0.1), Chosen("sd_before <= 1e-1"));
    }

    [Fact]
    public void Parse_Groups_AreTheLoweredOnes()
    {
        Assert.Equal(Where(i => Neurons.Code[i] == 1), Chosen("group = TP"));
        Assert.Equal(Where(i => Neurons.Code[i] != 2), Chosen("group != an"));
        Assert.Equal(Where(i => Neurons.Code[i] is 3 or 4), Chosen("group in (TN, AP)"));
        Assert.Equal(Where(i => Neurons.Code[i] is >= 1 and <= 4), Chosen("group = lowered"));
        Assert.Equal(Where(i => Neurons.Code[i] > 4), Chosen("group = raised"));
        Assert.Equal(Where(i => Neurons.Code[i] == 0), Chosen("group = none"));
    }

    [Fact]
    public void Parse_AndOrNot_BindAsEverywhere()
    {
        Assert.Equal(
            Where(i => Neurons.Cosine[i] > 0.02 && i / 100 >= 2 && Neurons.Code[i] == 1),
            Chosen("cosine > 0.02 and layer >= 2 AND group = TP"));
        Assert.Equal(Where(i => i / 100 == 0 || (i / 100 == 1 && Neurons.Cosine[i] > 0)), Chosen("layer = 0 or layer = 1 and cosine > 0"));
        Assert.Equal(Where(i => (i / 100 == 0 || i / 100 == 1) && Neurons.Cosine[i] > 0), Chosen("(layer = 0 or layer = 1) and cosine > 0"));
        Assert.Equal(Where(i => !(Neurons.Cosine[i] > 0 || i / 100 > 3)), Chosen("not (cosine > 0 or layer > 3)"));
    }

    [Theory]
    [InlineData("", "ends where a statistic")]
    [InlineData("kosine > 1", "“kosine” at character 1 is no statistic. There are group, layer")]
    [InlineData("cosine 1", "“1” at character 8: a comparison")]
    [InlineData("cosine > high", "“high” at character 10: a number was expected")]
    [InlineData("cosine > 1 layer > 2", "“layer” at character 12: and, or, or the end was expected")]
    [InlineData("group = XY", "“XY” at character 9 is no group. There are TP")]
    [InlineData("group > TP", "groups have no order")]
    [InlineData("(cosine > 1", "ends where a closing bracket was expected")]
    [InlineData("cosine > 1.2.3", "“1.2.3” at character 10 is no number")]
    [InlineData("cosine > 1 and ", "ends where a statistic")]
    [InlineData("cosine # 1", "“#” at character 8 means nothing here")]
    [InlineData("group in (TP AN)", "“AN” at character 14: a comma or a closing bracket was expected")]
    public void Parse_WhatCannotBeRead_SaysWhereAndWhy(string text, string message)
    {
        var refused = Assert.Throws<ConditionException>(() => ConditionParser.Parse(text));

        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    private static List<int> Where(Func<int, bool> condition) => [.. Enumerable.Range(0, 600).Where(condition)];

    private static List<int> Chosen(string condition) => [.. new NeuronFilter { Where = condition }.Choose(Table).Flat];
}
