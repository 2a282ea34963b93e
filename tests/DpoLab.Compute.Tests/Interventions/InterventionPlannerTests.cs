using DpoLab.Compute;
using DpoLab.Compute.Interventions;
using DpoLab.Compute.Neurons;
using DpoLab.Contracts.Runs;

namespace DpoLab.Tests.Interventions;

public sealed class InterventionPlannerTests
{
    private static readonly NeuronStatistics Statistics = new()
    {
        Layers = 2,
        NeuronsPerLayer = 2,
        Cosine = [.5, .1, -.2, -.3],
        ActivationBefore = [1, -2, 3, -4],
        ActivationAfter = [.5, -3, 3.5, -3],
        VarianceBefore = new double[4],
        VarianceAfter = new double[4],
        ProjectionBefore = [.5, -.2, -.6, 1.2],
        ProjectionAfter = [.25, -.3, -.5, .9],
    };

    private static readonly InterventionPlanner Planner = new(new ModelShape(2, 2, 3), Statistics, _ => [1, 2, 3]);

    [Fact]
    public void Plan_EditLive_WeakensTpAndAnAndStrengthensTnAndAp()
    {
        var plan = Planner.Plan(new EditIntervention { Form = InterventionForm.Live, Alpha = .2, Beta = 1 });

        Assert.Equal(4, plan.Neurons);
        var first = Assert.IsType<NeuronOperation>(plan.Operations[0]);
        Assert.Equal([.8, 1.2], first.Factors);
        Assert.Equal([0, 0], first.Offsets);
        var second = Assert.IsType<NeuronOperation>(plan.Operations[1]);
        Assert.Equal([1.2, .8], second.Factors);
    }

    [Fact]
    public void Plan_EditReversed_StrengthensTpAndAnAndWeakensTnAndAp()
    {
        var plan = Planner.Plan(new EditIntervention { Form = InterventionForm.Live, Alpha = .2, Beta = 1, Reversed = true });

        Assert.Equal([1.2, .8], Assert.IsType<NeuronOperation>(plan.Operations[0]).Factors);
        Assert.Equal([.8, 1.2], Assert.IsType<NeuronOperation>(plan.Operations[1]).Factors);
    }

    [Theory]
    [InlineData(1, null, new[] { 1 })]
    [InlineData(null, 0, new[] { 0 })]
    [InlineData(0, 1, new[] { 0, 1 })]
    public void Plan_EditOfLayers_LeavesTheOthersAlone(int? first, int? last, int[] layers)
    {
        var plan = Planner.Plan(new EditIntervention { Alpha = .2, Beta = 1, FirstLayer = first, LastLayer = last });

        Assert.Equal(layers, plan.Operations.Select(operation => operation.Layer));
        Assert.Equal(2 * layers.Length, plan.Neurons);
    }

    [Fact]
    public void Plan_EditOfLayersThatAreNotThere_SaysWhichThereAre() =>
        Assert.Contains("layers 0 to 1", Assert.Throws<InputException>(() => Planner.Plan(new EditIntervention { Alpha = .2, Beta = 1, LastLayer = 2 })).Message, StringComparison.Ordinal);

    [Fact]
    public void Plan_EditConstant_SetsScaledBaseMeans()
    {
        var plan = Planner.Plan(new EditIntervention { Form = InterventionForm.Constant, Alpha = .5, Beta = 1 });

        var first = Assert.IsType<NeuronOperation>(plan.Operations[0]);
        Assert.Equal([0, 0], first.Factors);
        Assert.Equal([.5, -3], first.Offsets);
    }

    [Fact]
    public void Plan_PatchOfLoweredGroups_TakesLoweredNeuronsOnly()
    {
        var plan = Planner.Plan(new PatchIntervention { Form = InterventionForm.Shift, Strength = 2, Neurons = new GroupSelection(NeuronGroups.All) });

        Assert.Equal(3, plan.Neurons); // neuron 2 moved against its quadrant
        var second = Assert.IsType<NeuronOperation>(plan.Operations[1]);
        Assert.Equal([1], second.Neurons);
        Assert.Equal([2.0], second.Offsets);
    }

    [Fact]
    public void Plan_TopToxicPositiveOnly_FiltersWithinTheTop() =>
        Assert.Equal(1, Planner.Plan(new ScaleIntervention { Neurons = new TopToxicSelection(2, PositiveOnly: true) }).Neurons);

    [Theory]
    [InlineData(0.0, true)]
    [InlineData(0.1, false)]
    public void IsStrengthZero_LiveEdit_TellsWhetherAlphaIsZero(double alpha, bool expected) =>
        Assert.Equal(expected, Planner.Plan(new EditIntervention { Form = InterventionForm.Live, Alpha = alpha, Beta = 1 }).IsStrengthZero);

    [Fact]
    public void IsStrengthZero_ConstantEditOfAlphaZero_IsMeanAblationNotNothing() =>
        Assert.False(Planner.Plan(new EditIntervention { Form = InterventionForm.Constant, Alpha = 0, Beta = 1 }).IsStrengthZero);

    [Fact]
    public void Plan_NoNeuronChosen_IsRefused()
    {
        Assert.Throws<InputException>(() => Planner.Plan(new EditIntervention { Alpha = .1, Beta = 0 }));
        Assert.Throws<InputException>(() => Planner.Plan(new ScaleIntervention { Neurons = new TopToxicSelection(0) }));
        Assert.Throws<InputException>(() => Planner.Plan(new ScaleIntervention { Neurons = new ListSelection([new NeuronIndex(2, 0)]) }));
    }

    [Fact]
    public void Plan_DirectionOfAnotherWidth_IsRefusedWithBothWidths()
    {
        var planner = new InterventionPlanner(new ModelShape(2, 2, 5), null, _ => [1, 2, 3]);

        var error = Assert.Throws<InputException>(() => planner.Plan(new SteerIntervention { Strength = 1, Direction = InputRef.OfPath("/w") }));

        Assert.Contains("3 entries", error.Message, StringComparison.Ordinal);
        Assert.Contains("5", error.Message, StringComparison.Ordinal);
    }
}
