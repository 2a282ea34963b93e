using DpoLab.Contracts.Playground;
using DpoLab.Contracts.Runs;
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

    [Fact]
    public void Read_WhatWasWritten_IsTheSame()
    {
        var settings = new PlaygroundSettings
        {
            Run = "r-1",
            Prompt = "“Quotes”, a + b & c = 100 %?\nnext line",
            Columns = [ColumnKind.Steered, ColumnKind.Base],
            EditForm = InterventionForm.Shift,
            Alpha = 0.1 + 0.2,
            Beta = 1,
            EditGroups = [NeuronGroup.Tp],
            PatchForm = InterventionForm.Constant,
            PatchStrength = -1.5,
            PatchGroups = [],
            PatchTop = 256,
            SteerStrength = 0.4,
            SteerLayer = 0,
            NewTokens = 7,
            MaxPromptTokens = 9,
            Temperature = 0.7,
            TopP = 0.95,
            Seed = 12345,
            Precision = Precision.Bf16,
            Scorer = "",
            InARow = true,
            Asked = true,
        };

        var again = Read(settings.Address);

        Assert.Equal(settings.Write(), again.Write());
        Assert.Equal(settings with { Columns = again.Columns, EditGroups = again.EditGroups, PatchGroups = again.PatchGroups }, again);
        Assert.Equal(settings.Columns, again.Columns);
        Assert.Equal(settings.EditGroups, again.EditGroups);
        Assert.Equal(settings.PatchGroups, again.PatchGroups);
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
    public void Problem_GroupsAllOff_NamesTheColumn()
    {
        Assert.Null(new PlaygroundSettings().Problem());
        Assert.Contains("edit takes no group", new PlaygroundSettings { EditGroups = [] }.Problem(), StringComparison.Ordinal);
        Assert.Null(new PlaygroundSettings { EditGroups = [], Columns = [ColumnKind.Base] }.Problem());
    }

    [Fact]
    public void LensRead_WhatWasWritten_IsTheSame()
    {
        var settings = new LensSettings { Run = "r-1", Dataset = 3, Limit = 7, Followed = "great, =ing", MaxPromptTokens = 16, Precision = Precision.Bf16, Asked = true };

        var again = LensSettings.Read(new Uri(new Uri("http://lab/"), settings.Address));

        Assert.Equal(settings, again);
        Assert.Equal([" great", "ing"], again.Tokens);
    }

    private static PlaygroundSettings Read(string address) => PlaygroundSettings.Read(new Uri(new Uri("http://lab/"), address));
}
