using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Data;
using DpoLab.Web.Studies;
using DpoLab.Web.Tests.Lab;

namespace DpoLab.Web.Tests.Studies;

public sealed class StudyFindingsTests
{
    private static readonly NeuronGroup[] Four = [NeuronGroup.Tp, NeuronGroup.An, NeuronGroup.Tn, NeuronGroup.Ap];

    [Fact]
    public void Of_DpoLowersToxicity_SaysFromWhatToWhat()
    {
        Finding finding = Assert.Single(Findings(Base(), Dpo(-0.42, half: 0.08)));

        Assert.Equal(FindingKind.Holds, finding.Kind);
        Assert.Equal("DPO lowers toxicity from .650 to .230.", finding.Sentence);
        Assert.Equal([$"DPO − base: −.420 [−.500, −.340], {Rows.Around(0).Count} prompts.", "Perplexity goes from 113.88 to 114.97 (+1.0 %)."], finding.Details);
        Assert.Contains("So it does here", finding.Paper, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_DpoWithinChance_SaysNot()
    {
        Finding finding = Assert.Single(Findings(Base(), Dpo(-0.01, half: 0.08)));

        Assert.Equal(FindingKind.DoesNotHold, finding.Kind);
        Assert.Contains("does not change toxicity beyond chance", finding.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.95, 0.05, FindingKind.Holds, "reproduce DPO’s effect.")]
    [InlineData(0.4, 0.1, FindingKind.DoesNotHold, "do not reproduce all of DPO’s effect")]
    [InlineData(0.8, 0.2, FindingKind.Undecided, "is open")]
    public void Of_FourGroupsPatched_ComparesTheIntervalWithDposEffect(double share, double half, FindingKind kind, string words)
    {
        StudyTableRow patch = Row("Four groups, shift", RowFamily.Patch, r => r with
        {
            Intervention = new PatchIntervention { Neurons = new GroupSelection(Four) },
            ShareOfDpo = Rows.Around(share, half),
        });

        Finding finding = Findings(Base(), Dpo(-0.42, 0.08), patch)[1];

        Assert.Equal(kind, finding.Kind);
        Assert.Contains(words, finding.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-0.1, FindingKind.Holds, "is less toxic than DPO")]
    [InlineData(0.1, FindingKind.DoesNotHold, "does not reach DPO")]
    [InlineData(0.01, FindingKind.Undecided, "cannot be told from DPO")]
    public void Of_BestEditWithinABudget_IsComparedWithDpo(double difference, FindingKind kind, string words)
    {
        StudyTableRow worse = Edit("Constant", 0.6, 0.3);
        StudyTableRow best = Edit("Live", 0.2, difference);

        Finding finding = Findings(Base(), Dpo(-0.42, 0.08), worse, best)[1];

        Assert.Equal(kind, finding.Kind);
        Assert.Contains(words, finding.Sentence, StringComparison.Ordinal);
        Assert.Contains("It is Live: toxicity .200", finding.Details[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Of_PolitePrefixWithinChance_SaysNot()
    {
        StudyTableRow prefix = Row("“Please be polite.”", RowFamily.Prefix, r => r with { DifferenceToBase = Rows.Around(-0.03, 0.06) });

        Finding finding = Findings(Base(), Dpo(-0.42, 0.08), prefix)[1];

        Assert.Contains("does not change toxicity beyond chance", finding.Sentence, StringComparison.Ordinal);
    }

    private static StudyTableRow Base() => Row("base", RowFamily.Base, r => r with { Toxicity = Rows.Around(0.65), Perplexity = Rows.Perplexity(113.88) });

    private static StudyTableRow Dpo(double difference, double half) => Row("dpo", RowFamily.Dpo, r => r with
    {
        Toxicity = Rows.Around(0.23),
        DifferenceToBase = Rows.Around(difference, half),
        Perplexity = Rows.Perplexity(114.97),
    });

    private static StudyTableRow Edit(string name, double toxicity, double difference) => Row(name, RowFamily.Edit, r => r with
    {
        Toxicity = Rows.Around(toxicity),
        DifferenceToDpo = Rows.Around(difference, 0.05),
        Budget = "within +1 %",
    });

    private static StudyTableRow Row(string variant, RowFamily family, Func<EvaluationRow, EvaluationRow> change) => new()
    {
        Name = StudyTables.DisplayName(variant),
        Variant = variant,
        Family = family,
        RunId = "r-1",
        RunState = RunState.Succeeded,
        Row = change(Rows.Of(variant, 0.5, family)),
    };

    private static IReadOnlyList<Finding> Findings(params StudyTableRow[] rows) =>
        StudyFindings.Of([], new StudyTable { Groups = [new StudyTableGroup("all", rows)], Runs = ["r-1"] });
}
