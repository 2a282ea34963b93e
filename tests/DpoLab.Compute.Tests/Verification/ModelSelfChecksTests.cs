using DpoLab.Compute.Models;
using DpoLab.Compute.Tokenization;
using DpoLab.Compute.Verification;
using DpoLab.Tests;
using static TorchSharp.torch;

namespace DpoLab.Compute.Tests.Verification;

/// <summary>The identities within a model hold, and each check sees what it is there for.</summary>
public sealed class ModelSelfChecksTests
{
    private static string Model => Repository.Demo("base-model");

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Run_GoodModel_EverythingHolds(ScalarType precision)
    {
        using var decoder = Decoder.Load(Model, CPU, precision);
        var checks = new ModelSelfChecks(decoder, Tokenizer.Load(Model), TestContext.Current.CancellationToken);

        var all = checks.Run().ToList();

        Assert.All(all, c => Assert.True(c.IsRight, $"{c.What}: {c.Largest}. {c.Detail}"));
        Assert.Equal(checks.Count, all.Count);
    }

    [Fact]
    public void Run_ModelThatAnswersOtherwiseFromItsCache_Fails() =>
        AssertFails("cached generation as uncached", decoder =>
            decoder.Hooks.Add(HookPoint.ResidPost, 3, (value, context) => context.Past > 0 ? value.neg() : value));

    [Fact]
    public void Run_ModelThatLooksAtPadding_Fails() =>
        AssertFails("left-padded as alone, logits", decoder =>
            decoder.Hooks.Add(HookPoint.ResidPost, 3, (value, context) => context.AttentionMask is null ? value : value.neg()));

    [Fact]
    public void Run_NeuronsThatDoNotAddUp_Fails() =>
        AssertFails("neurons and bias as MLP output", decoder => decoder.Hooks.Add(HookPoint.MlpOut, 2, (value, _) => value + 1));

    [Fact]
    public void Run_HookLeftBehind_Fails() => AssertFails("hooks left behind", decoder => decoder.Hooks.Add(HookPoint.MlpOut, 2, (value, _) => value));

    [Fact]
    public void Run_TokenizerOfAnotherModel_SaysSo()
    {
        using var decoder = Decoder.Load(Repository.Fixture("decoders", "gpt2", "model"), CPU, ScalarType.Float32);
        var tokenizer = Tokenizer.Load(Model);

        var error = Assert.Throws<InputException>(() => new ModelSelfChecks(decoder, tokenizer, TestContext.Current.CancellationToken).Run().ToList());

        Assert.Contains("it is not this model's", error.Message, StringComparison.Ordinal);
    }

    private static void AssertFails(string what, Func<Decoder, IDisposable> hook)
    {
        using var decoder = Decoder.Load(Model, CPU, ScalarType.Float32);
        var checks = new ModelSelfChecks(decoder, Tokenizer.Load(Model), TestContext.Current.CancellationToken);
        using var hooked = hook(decoder);
        Assert.False(checks.Run().First(c => c.What == what).IsRight);
    }
}
