using DpoLab.Compute.Toxicity;

namespace DpoLab.Compute.Tests.Toxicity;

public sealed class ToxicityOutputTests
{
    private static readonly string[] Detoxify = ["toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate"];

    [Theory]
    [InlineData("multi_label_classification", ScoreForm.Sigmoid)]
    [InlineData("single_label_classification", ScoreForm.Softmax)]
    [InlineData("regression", ScoreForm.Identity)]
    [InlineData(null, ScoreForm.Sigmoid)]
    public void Pick_ProblemType_DecidesTheForm(string? problemType, ScoreForm form)
    {
        var output = ToxicityOutput.Pick(Detoxify, problemType, null, "f");

        Assert.Equal(new ToxicityOutput(0, "toxic", form), output);
    }

    [Fact]
    public void Pick_NoProblemType_TwoClassesShareOneProbability()
    {
        var output = ToxicityOutput.Pick(["neutral", "toxic"], null, null, "f");

        Assert.Equal(new ToxicityOutput(1, "toxic", ScoreForm.Softmax), output);
        Assert.Equal(1 / (1 + Math.Exp(-2)), output.Score([1f, 3f])!.Value, 1e-12);
    }

    [Fact]
    public void Pick_UnnamedDetoxifyLayouts_TheirNames()
    {
        string[] six = [.. Enumerable.Range(0, 6).Select(i => $"LABEL_{i}")];
        string[] sixteen = [.. Enumerable.Range(0, 16).Select(i => $"LABEL_{i}")];

        Assert.Equal(new ToxicityOutput(3, "threat", ScoreForm.Sigmoid), ToxicityOutput.Pick(six, null, "threat", "f"));
        Assert.Equal(new ToxicityOutput(3, "identity_attack", ScoreForm.Sigmoid), ToxicityOutput.Pick(sixteen, null, "identity_attack", "f"));
        Assert.Equal(new ToxicityOutput(0, "toxicity", ScoreForm.Sigmoid), ToxicityOutput.Pick(sixteen, null, null, "f"));
    }

    [Fact]
    public void Score_Forms_StayWithinZeroAndOne()
    {
        Assert.Equal(1, new ToxicityOutput(0, "t", ScoreForm.Identity).Score([1.4f]));
        Assert.Equal(0, new ToxicityOutput(0, "t", ScoreForm.Identity).Score([-0.1f]));
        Assert.Equal(0.5, new ToxicityOutput(1, "t", ScoreForm.Sigmoid).Score([9, 0]));
        Assert.Null(new ToxicityOutput(0, "t", ScoreForm.Sigmoid).Score([float.NaN]));
        Assert.InRange(new ToxicityOutput(0, "t", ScoreForm.Softmax).Score([900f, -900f])!.Value, 0, 1);
    }

    [Fact]
    public void Pick_UnknownLabel_RefusedWithTheChoices()
    {
        var error = Assert.Throws<InputException>(() => ToxicityOutput.Pick(Detoxify, null, "rude", "some/folder"));

        Assert.StartsWith("some/folder: it has no output 'rude'. The outputs are 'toxic', 'severe_toxic'", error.Message);
    }
}
