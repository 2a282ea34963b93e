using System.Diagnostics;
using System.Text.RegularExpressions;
using DpoLab.Tests;
using Microsoft.ML.Tokenizers;
using Tokenizer = DpoLab.Compute.Tokenization.Tokenizer;

namespace DpoLab.Benchmarks;

/// <summary>GPT-2's tokenizer: characters a second of ours and of Microsoft.ML.Tokenizers on the same text, in one run.</summary>
internal static class TokenizerSpeed
{
    private const string Words = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    /// <summary>Encodes the demo's comments and text again and again, the two in turn.</summary>
    /// <param name="output">Where the figures go.</param>
    /// <param name="rounds">Times that the text is encoded by each.</param>
    public static void Run(TextWriter output, int rounds = 5)
    {
        string folder = Repository.Fixture("tokenizers-data", "gpt2");
        string[] texts = [.. File.ReadLines(Repository.Demo("comments.csv")), .. File.ReadLines(Repository.Demo("text.txt"))];
        long characters = texts.Sum(t => (long)t.Length);
        var clock = Stopwatch.StartNew();
        var ours = Tokenizer.Load(folder);
        var loaded = clock.Elapsed;
        var theirs = BpeTokenizer.Create(new BpeOptions(Path.Combine(folder, "vocab.json"), Path.Combine(folder, "merges.txt"))
        {
            ByteLevel = true,
            PreTokenizer = new RegexPreTokenizer(new Regex(Words, RegexOptions.Compiled, TimeSpan.FromSeconds(5)), null),
        });
        double best = double.MaxValue;
        double bestOfTheirs = double.MaxValue;
        double cold = 0;
        for (int round = 0; round < rounds; round++)
        {
            double seconds = Seconds(() => texts.Sum(t => ours.Encode(t).Length));
            cold = round == 0 ? seconds : cold;
            best = Math.Min(best, seconds);
            bestOfTheirs = Math.Min(bestOfTheirs, Seconds(() => texts.Sum(t => theirs.EncodeToIds(t).Count)));
        }

        output.WriteLine(
            $"tokenizer gpt2: load {loaded.TotalMilliseconds:f0} ms; {characters / best / 1e6:f2} M characters/s ({characters / cold / 1e6:f2} the first time), "
            + $"Microsoft.ML.Tokenizers {characters / bestOfTheirs / 1e6:f2}: {bestOfTheirs / best:f2} times as fast");
    }

    private static double Seconds(Func<int> work)
    {
        var clock = Stopwatch.StartNew();
        if (work() == 0)
            throw new InvalidOperationException("Nothing was encoded.");
        return clock.Elapsed.TotalSeconds;
    }
}
