using DpoLab.Contracts.Playground;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Neurons;
using DpoLab.Web.Playground;
using DpoLab.Web.Tests.Lab;

namespace DpoLab.Web.Tests.Playground;

/// <summary>An answer is a link: everything that decides it goes through the address unchanged.</summary>
public sealed class PlaygroundSettingsTests
{
    private static readonly NeuronsParameters Made = new()
    {
        Base = Specs.Model,
        Tuned = InputRef.OfArtifact("r-dpo", Artifacts.BestModel),
        Direction = InputRef.OfArtifact("r-direction", Artifacts.Direction),
    };

    private static readonly string Digest = string.Concat(Enumerable.Repeat("0a", 32));

    public static TheoryData<string, NeuronSelection> Selections => new()
    {
        { "tp,an", new GroupSelection([NeuronGroup.Tp, NeuronGroup.An]) },
        { "ap:256", new GroupSelection([NeuronGroup.Ap], Top: 256) },
        { "none", new GroupSelection([]) },
        { "top-toxic:7", new TopToxicSelection(7) },
        { "top-positive:100", new TopToxicSelection(100, PositiveOnly: true) },
        { "change:64", new ChangeSelection(64) },
        { "change-activation:64", new ChangeSelection(64, ChangeMeasure.Activation) },
        { $"sha256:{Digest}", new SetSelection(InputRef.OfUpload(Digest)) },
        { "sha256:", new SetSelection(InputRef.OfUpload("")) },
        { "L12.345,L0.0", new ListSelection([new NeuronIndex(12, 345), new NeuronIndex(0, 0)]) },
        { "list", new ListSelection([]) },
    };

    [Theory]
    [MemberData(nameof(Selections))]
    public void Selection_InAddresses_IsReadAsItWasWritten(string text, NeuronSelection selection)
    {
        Assert.Equal(text, SelectionText.Write(selection));
        Assert.Equivalent(selection, SelectionText.Read(text), strict: true);
    }

    [Theory]
    [InlineData("tp,xx")]
    [InlineData("top-toxic:0")]
    [InlineData("top-toxic")]
    [InlineData("change:-1")]
    [InlineData("tp:many")]
    [InlineData("sha256:0A")]
    [InlineData("L1.2,L3")]
    [InlineData("")]
    public void Selection_ThatIsNone_IsNotRead(string text) => Assert.Null(SelectionText.Read(text));

    [Fact]
    public void Selection_MoreNeuronsThanAnAddressHolds_IsNotRead()
    {
        string names = string.Join(",", Enumerable.Range(0, SelectionText.MostListed + 1).Select(i => $"L0.{i}"));

        Assert.Null(SelectionText.Read(names));
        Assert.NotNull(SelectionText.Read(names[..names.LastIndexOf(',')]));
    }

    [Fact]
    public void Read_WhateverWasWritten_IsTheSame()
    {
        for (int seed = 0; seed < 500; seed++)
        {
            PlaygroundSettings settings = Any(new Random(seed));

            PlaygroundSettings again = Read(settings.Address);

            Assert.Equal(settings.Write(), again.Write());
            Assert.Equivalent(settings, again, strict: true);
        }
    }

    [Fact]
    public void Read_AddressOfBefore_KeepsTheStrongestOfTheGroups()
    {
        var groups = Assert.IsType<GroupSelection>(Read("playground?patched=tp,an&top=256").PatchNeurons);
        var four = Assert.IsType<GroupSelection>(Read("playground?top=12").PatchNeurons);

        Assert.Equal([NeuronGroup.Tp, NeuronGroup.An], groups.Groups);
        Assert.Equal((256, 12, 4), (groups.Top, four.Top, four.Groups.Count));
    }

    [Theory]
    [InlineData("playground?alpha=x&beta=7&columns=nothing&seed=-1&temperature=&new=0&edit=live")]
    [InlineData("playground")]
    public void Read_NonsenseOrNothing_IsAsUsual(string address) => Assert.Equal("playground", Read(address).Address);

    [Fact]
    public void Question_OfColumns_AsksForWhatTheyDo()
    {
        var settings = new PlaygroundSettings { Run = "r-1", Prompt = "You", Columns = [ColumnKind.Base, ColumnKind.Dpo, ColumnKind.Edited, ColumnKind.Steered], Alpha = 0.1, EditGroups = [NeuronGroup.An] };

        var task = Assert.IsType<AnswerTask>(settings.Question(Made, scorer: null).Task);

        Assert.Equal([false, true, false, false], task.Columns.Select(column => column.Tuned));
        Assert.Null(task.Columns[0].Intervention);
        var edit = Assert.IsType<EditIntervention>(task.Columns[2].Intervention);
        Assert.Equal((0.1, 0.5, NeuronGroup.An), (edit.Alpha, edit.Beta, edit.Groups.Single()));
        var steer = Assert.IsType<SteerIntervention>(task.Columns[3].Intervention);
        Assert.Equal((Made.Direction, SteeringUnit.StreamNorm), (steer.Direction, steer.Unit));
    }

    [Fact]
    public void Question_OfColumnsWithASet_NamesItsFile()
    {
        var set = new SetSelection(InputRef.OfUpload(Digest));
        var settings = new PlaygroundSettings
        {
            Run = "r-1",
            Prompt = "You",
            Columns = [ColumnKind.Edited, ColumnKind.Live, ColumnKind.Ablated],
            EditWithin = set,
            LiveNeurons = new ListSelection([new NeuronIndex(1, 2)]),
            AblatedNeurons = set,
            AblateFactor = 0.5,
        };

        var task = Assert.IsType<AnswerTask>(settings.Question(Made, scorer: null).Task);

        Assert.Equal(set, Assert.IsType<EditIntervention>(task.Columns[0].Intervention).Neurons);
        Assert.Equal(Made.Tuned, Assert.IsType<DynamicPatchIntervention>(task.Columns[1].Intervention).Tuned);
        Assert.Equal(0.5, Assert.IsType<ScaleIntervention>(task.Columns[2].Intervention).Factor);
        Assert.Equal([Digest], settings.Sets);
        Assert.Equal([set.Set, Made.Tuned, set.Set], task.Inputs());
    }

    [Fact]
    public void Problem_GroupsAllOff_NamesTheColumn()
    {
        Assert.Null(new PlaygroundSettings().Problem(Made));
        Assert.Contains("edit takes no group", new PlaygroundSettings { EditGroups = [] }.Problem(Made), StringComparison.Ordinal);
        Assert.Null(new PlaygroundSettings { EditGroups = [], Columns = [ColumnKind.Base] }.Problem(Made));
        Assert.Contains("Patched takes no group", new PlaygroundSettings { PatchNeurons = new GroupSelection([]) }.Problem(Made), StringComparison.Ordinal);
        Assert.Contains("Ablated takes a set", new PlaygroundSettings { Columns = [ColumnKind.Ablated], AblatedNeurons = new SetSelection(InputRef.OfUpload("")) }.Problem(Made), StringComparison.Ordinal);
        Assert.Contains("last layer lies before", new PlaygroundSettings { EditFirstLayer = 3, EditLastLayer = 2 }.Problem(Made), StringComparison.Ordinal);
    }

    [Fact]
    public void Problem_LivePatchOfAModelByItself_IsRefusedAsTheRunIs()
    {
        var settings = new PlaygroundSettings { Columns = [ColumnKind.Base, ColumnKind.Live] };
        var run = new DynamicPatchParameters { Model = Made.Base, Tuned = Made.Base with { Label = "copy" }, Counts = [1], Data = Specs.Data() };

        string refusal = run.Validate().Single(error => error.Field == "tuned").Message;

        Assert.Null(settings.Problem(Made));
        Assert.EndsWith(refusal, settings.Problem(Made with { Tuned = run.Tuned }), StringComparison.Ordinal);
    }

    [Fact]
    public void LensRead_WhatWasWritten_IsTheSame()
    {
        var settings = new LensSettings { Run = "r-1", Dataset = 3, Limit = 7, Followed = "great, =ing", MaxPromptTokens = 16, Precision = Precision.Bf16, Asked = true };

        var again = LensSettings.Read(new Uri(new Uri("http://lab/"), settings.Address));

        Assert.Equal(settings, again);
        Assert.Equal([" great", "ing"], again.Tokens);
    }

    /// <summary>Settings that differ from the usual ones in everything that chance says.</summary>
    private static PlaygroundSettings Any(Random random)
    {
        NeuronSelection[] selections = [.. Selections.Select(row => row.Data.Item2)];
        T[] Some<T>()
            where T : struct, Enum => random.GetItems(Enum.GetValues<T>(), random.Next(1, 5)).Distinct().ToArray();
        T One<T>()
            where T : struct, Enum => random.GetItems(Enum.GetValues<T>(), 1)[0];
        NeuronSelection Neurons() => selections[random.Next(selections.Length)];
        return new PlaygroundSettings
        {
            Run = $"r-{random.Next()}",
            Prompt = "“Quotes”, a + b & c = 100 %?\nnext line",
            Columns = [.. Some<ColumnKind>().Take(ColumnKinds.Most)],
            EditForm = One<InterventionForm>(),
            Alpha = random.NextDouble(),
            Beta = random.NextDouble(),
            EditGroups = Some<NeuronGroup>(),
            EditFirstLayer = random.Next(2) == 0 ? null : random.Next(10),
            EditLastLayer = random.Next(2) == 0 ? null : random.Next(10),
            EditWithin = random.Next(2) == 0 ? null : Neurons(),
            PatchForm = random.Next(2) == 0 ? InterventionForm.Constant : InterventionForm.Shift,
            PatchStrength = random.NextDouble() - 0.5,
            PatchNeurons = Neurons(),
            LiveNeurons = Neurons(),
            AblateFactor = random.NextDouble(),
            AblatedNeurons = Neurons(),
            SteerStrength = random.NextDouble() * 100,
            SteerUnit = One<SteeringUnit>(),
            SteerDirection = random.Next(2) == 0 ? null : "r-other:direction.safetensors",
            SteerLayer = random.Next(2) == 0 ? null : random.Next(10),
            NewTokens = random.Next(1, 100),
            MaxPromptTokens = random.Next(1, 100),
            Temperature = random.NextDouble(),
            TopP = 1 - (random.NextDouble() / 2),
            Seed = random.Next(),
            Precision = One<Precision>(),
            Scorer = random.Next(3) switch { 0 => null, 1 => "", _ => "/scorers/one" },
            InARow = random.Next(2) == 0,
            Asked = random.Next(2) == 0,
        };
    }

    private static PlaygroundSettings Read(string address) => PlaygroundSettings.Read(new Uri(new Uri("http://lab/"), address));
}
