using System.Diagnostics;

namespace DpoLab.Compute.Verification;

/// <summary>Goes through every case below a folder and prints a line for each comparison.</summary>
public sealed class VerificationReport(VerificationFolder folder, TextWriter output)
{
    /// <summary>Case to why it cannot be read.</summary>
    private readonly Dictionary<string, string> unreadable = new(StringComparer.Ordinal);

    /// <summary>Comparisons that were right.</summary>
    public int Right { get; private set; }

    /// <summary>Comparisons that were not.</summary>
    public int Failed { get; private set; }

    /// <summary>Cases that could not be read.</summary>
    public int Unreadable => unreadable.Count;

    /// <summary>0 if all is right, 1 if any comparison fails, 2 if a case cannot be read.</summary>
    public int ExitCode => Unreadable > 0 ? 2 : Failed > 0 ? 1 : 0;

    /// <summary>Checks everything that any of the checkers knows; names sub-folders that none does.</summary>
    public void Run(IReadOnlyList<ICaseChecker> checkers, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(checkers);
        if (!Directory.Exists(folder.Path))
        {
            unreadable[folder.Path] = "";
            output.WriteLine($"{folder.Path}: there is no such folder. Give one that is laid out like tests/fixtures.");
            return;
        }

        foreach (var kind in Directory.EnumerateDirectories(folder.Path).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal))
        {
            if (kind is not ("tokenizers-data" or "datasets") && !checkers.Any(checker => checker.Kind == kind))
                output.WriteLine($"{kind}/: not checked, this lab knows no such kind of case (known: {string.Join(", ", checkers.Select(c => c.Kind).Distinct(StringComparer.Ordinal))})");
        }

        foreach (var checker in checkers)
        {
            foreach (var name in checker.Cases(folder))
            {
                cancellationToken.ThrowIfCancellationRequested();
                RunCase(checker, name, cancellationToken);
            }
        }

        if (Right + Failed + Unreadable == 0)
        {
            unreadable[folder.Path] = "";
            output.WriteLine($"{folder.Path}: there is no case to check. Give a folder that is laid out like tests/fixtures.");
        }

        output.WriteLine($"{Right} ok, {Failed} failed, {Unreadable} cases unreadable");
    }

    private void RunCase(ICaseChecker checker, string name, CancellationToken cancellationToken)
    {
        var label = $"{checker.Kind}/{name}";
        try
        {
            var clock = Stopwatch.StartNew();
            foreach (var comparison in checker.Check(folder, name, cancellationToken))
            {
                var sign = comparison.IsRight ? "ok" : "FAIL";
                output.WriteLine($"{label,-34} {comparison.What,-34} {comparison.Largest,10:g3} <= {comparison.Bound,-7:g3} {sign,-4} {clock.Elapsed.TotalSeconds,7:f2} s");
                if (!comparison.IsRight && comparison.Detail is not null)
                    output.WriteLine($"    {comparison.Detail}");
                if (comparison.IsRight)
                    Right++;
                else
                    Failed++;
                clock.Restart();
            }
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // A case from someone else can be broken in any way; the others are still worth checking.
            // Several checkers look at one case: what all of them miss is said once.
            if (unreadable.TryGetValue(label, out string? said) && said == error.Message)
                return;
            unreadable[label] = error.Message;
            output.WriteLine($"{label,-34} cannot be read: {error.Message}");
        }
    }
}
