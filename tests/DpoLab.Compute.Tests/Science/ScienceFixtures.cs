using DpoLab.Compute.Verification;

namespace DpoLab.Tests.Science;

/// <summary>The cases of <c>tests/fixtures/science</c>.</summary>
internal static class ScienceFixtures
{
    public static VerificationFolder Folder { get; } = new(Repository.Fixture(), Repository.Fixture());

    public static TheoryData<string> Families => [.. new NeuronCaseChecker().Cases(Folder)];

    public static ScienceCase Open(string family) => new(Folder, family);
}
