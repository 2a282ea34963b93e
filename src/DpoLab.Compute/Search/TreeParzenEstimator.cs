namespace DpoLab.Compute.Search;

/// <summary>How a search proposes.</summary>
public sealed record ParzenOptions
{
    /// <summary>γ: the share of what was tried that counts as good.</summary>
    public double Good { get; init; } = 0.1;

    /// <summary>Candidates of each dimension that a proposal is the best of.</summary>
    public int Candidates { get; init; } = 24;
}

/// <summary>
/// The Tree-structured Parzen Estimator (Bergstra, Bardenet, Bengio and Kégl 2011, "Algorithms for Hyper-Parameter Optimization", section 4).
/// What was tried is split at the γ quantile into good and bad; l and g estimate the density of either, one dimension at a time; of candidates
/// drawn from l the one with the greatest l(x)/g(x) is proposed, which has the greatest expected improvement. As l and g are products over the
/// dimensions, the best candidate of each dimension together are the best of all combinations of candidates.
/// </summary>
public sealed class TreeParzenEstimator
{
    /// <summary>A rule that refuses nearly everything would make the search draw forever.</summary>
    private const int MostDraws = 10_000;

    private readonly IReadOnlyList<SearchDimension> dimensions;
    private readonly ParzenOptions options;
    private readonly Func<double[], bool> allowed;

    /// <summary>Proposes points of a space.</summary>
    /// <param name="dimensions">What is chosen.</param>
    /// <param name="allowed">Refuses combinations that mean nothing; null: all mean something.</param>
    /// <param name="options">Null: the defaults.</param>
    public TreeParzenEstimator(IReadOnlyList<SearchDimension> dimensions, Func<double[], bool>? allowed = null, ParzenOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(dimensions);
        this.dimensions = dimensions;
        this.allowed = allowed ?? (static _ => true);
        this.options = options ?? new ParzenOptions();
    }

    /// <summary>A point from the whole space.</summary>
    public double[] DrawAtRandom(SeededRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return Draw(() => [.. dimensions.Select(dimension => dimension.Draw(random))]);
    }

    /// <summary>The point that is likeliest to be better than what was tried.</summary>
    /// <param name="bestFirst">What was tried, from the best to the worst: one value a dimension.</param>
    /// <param name="random">The same numbers propose the same point.</param>
    public double[] Propose(IReadOnlyList<double[]> bestFirst, SeededRandom random)
    {
        ArgumentNullException.ThrowIfNull(bestFirst);
        ArgumentNullException.ThrowIfNull(random);
        int good = (int)Math.Ceiling(options.Good * bestFirst.Count);
        IDensity[] l = [.. dimensions.Select((dimension, d) => dimension.Estimate([.. bestFirst.Take(good).Select(point => point[d])]))];
        IDensity[] g = [.. dimensions.Select((dimension, d) => dimension.Estimate([.. bestFirst.Skip(good).Select(point => point[d])]))];
        double[] best = [.. dimensions.Select((_, d) => Best(l[d], g[d], random))];
        return allowed(best) ? best : BestAllowed(l, g, random);
    }

    /// <summary>Where the best of each dimension do not go together: of whole points from l that are allowed the one with the greatest l/g.</summary>
    private double[] BestAllowed(IDensity[] l, IDensity[] g, SeededRandom random)
    {
        double[][] points = [.. Enumerable.Range(0, options.Candidates).Select(_ => Draw(() => [.. l.Select(density => density.Draw(random))]))];
        return points.MaxBy(point => point.Select((value, d) => l[d].LogDensity(value) - g[d].LogDensity(value)).Sum())!;
    }

    /// <summary>Of candidates from l the one with the greatest l/g.</summary>
    private double Best(IDensity l, IDensity g, SeededRandom random)
    {
        double best = 0;
        double greatest = double.NegativeInfinity;
        for (int i = 0; i < options.Candidates; i++)
        {
            double candidate = l.Draw(random);
            double improvement = l.LogDensity(candidate) - g.LogDensity(candidate);
            if (improvement > greatest)
                (best, greatest) = (candidate, improvement);
        }

        return best;
    }

    private double[] Draw(Func<double[]> draw)
    {
        for (int i = 0; i < MostDraws; i++)
        {
            double[] point = draw();
            if (allowed(point))
                return point;
        }

        throw new InvalidOperationException($"None of {MostDraws} points of the space is allowed.");
    }
}
