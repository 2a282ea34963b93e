using System.Diagnostics;

namespace DpoLab.Compute.Tests.Fuzzing;

/// <summary>How many broken inputs of each kind are tried, and what each must keep to.</summary>
internal static class Fuzz
{
    private const long AllowedBytes = 64L << 20;
    private const long AllowedFactor = 1000;
    private static readonly TimeSpan LongestCase = TimeSpan.FromSeconds(30);

    /// <summary>Inputs of one source: in every test run, under <c>./lab test --all</c>, and how many sources there are.</summary>
    public static IReadOnlyDictionary<string, (int Quick, int All, int Sources)> Plan { get; } = new Dictionary<string, (int, int, int)>(StringComparer.Ordinal)
    {
        ["tokenizer.json"] = (40, 4_000, 4),
        ["other tokenizer files"] = (100, 12_000, 2),
        ["unigram"] = (60, 10_000, 1),
        ["dataset"] = (200, 40_000, 3),
        ["parquet"] = (100, 15_000, 2),
        ["classifier configuration"] = (100, 3_000, 2),
        ["configuration"] = (200, 35_000, 10),
        ["configuration, computed with"] = (20, 1_500, 5),
        ["safetensors"] = (2_000, 300_000, 1),
        ["index"] = (500, 100_000, 1),
        ["adapter"] = (150, 20_000, 2),
    };

    /// <summary>Reads the inputs of a kind: each is read or refused with a reason, in time and in memory of the order of its size.</summary>
    /// <param name="kind">Of <see cref="Plan"/>.</param>
    /// <param name="read">Makes the input of a seed, reads it, and returns its bytes.</param>
    public static void Try(string kind, Func<int, long> read)
    {
        int cases = Environment.GetEnvironmentVariable("LAB_TEST_ALL") is null ? Plan[kind].Quick : Plan[kind].All;
        for (int seed = 0; seed < cases; seed++)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            var clock = Stopwatch.StartNew();
            long before = GC.GetAllocatedBytesForCurrentThread(), size = 0;
            try
            {
                size = read(seed);
            }
            catch (InputException e)
            {
                Assert.False(string.IsNullOrWhiteSpace(e.Message));
            }
            catch (Exception e) when (e is not (Xunit.Sdk.XunitException or OperationCanceledException))
            {
                Assert.Fail($"{kind}, case {seed}: {e}");
            }

            Assert.True(clock.Elapsed < LongestCase, $"{kind}, case {seed} took {clock.Elapsed}");
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < AllowedBytes + (AllowedFactor * size), $"{kind}, case {seed} of {size} bytes allocated {allocated} bytes");
        }
    }
}
