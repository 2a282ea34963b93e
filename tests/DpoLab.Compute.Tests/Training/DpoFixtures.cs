using DpoLab.Compute.Verification;
using DpoLab.Tests;

namespace DpoLab.Compute.Tests.Training;

/// <summary>The cases of <c>tests/fixtures/dpo</c>.</summary>
internal static class DpoFixtures
{
    public static VerificationFolder Folder { get; } = new(Repository.Fixture(), Repository.Fixture());

    public static DpoCase Open(string name) => new(Folder, name);
}
