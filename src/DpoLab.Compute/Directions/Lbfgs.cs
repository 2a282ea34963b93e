namespace DpoLab.Compute.Directions;

/// <summary>Value of a function at <paramref name="x"/>, and its gradient there.</summary>
internal delegate double Objective(ReadOnlySpan<double> x, Span<double> gradient);

/// <summary>Where a minimisation ended.</summary>
/// <param name="X">The point.</param>
/// <param name="Value">The function there.</param>
/// <param name="Iterations">Line searches done.</param>
/// <param name="GradientMax">Largest absolute entry of the gradient there.</param>
/// <param name="Converged">False: the cap on iterations was hit, or no step lowers the gradient any more.</param>
internal sealed record Minimum(double[] X, double Value, int Iterations, double GradientMax, bool Converged);

/// <summary>
/// Limited-memory BFGS (Nocedal and Wright 2006, algorithm 7.5) for smooth convex functions, in double precision.
/// </summary>
/// <remarks>
/// The line search looks at the slope alone: near the minimum a function's value no longer changes in double precision
/// while its gradient still does, and for a convex function a flatter slope is a lower point.
/// </remarks>
internal static class Lbfgs
{
    private const int History = 20;
    private const int LineSearchSteps = 60;

    // A new point is taken where the slope along the direction has fallen to this share of the slope at the start.
    private const double Flatness = 0.5;

    /// <summary>Goes downhill from <paramref name="start"/> until no entry of the gradient exceeds <paramref name="tolerance"/>.</summary>
    public static Minimum Minimise(
        Objective objective, ReadOnlySpan<double> start, double tolerance, int maxIterations, CancellationToken cancellation)
    {
        var at = Point.Evaluate(objective, start.ToArray());
        var memory = new List<Correction>(History);
        for (int iteration = 0; iteration < maxIterations; iteration++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (at.GradientMax <= tolerance)
                return at.AsMinimum(iteration, converged: true);

            double[] direction = Direction(at.Gradient, memory);
            double firstStep = memory.Count > 0 ? 1 : 1 / Math.Max(1, Math.Sqrt(Dot(at.Gradient, at.Gradient)));
            Point? next = LineSearch(objective, at, direction, firstStep);
            if (next is null)
            {
                if (memory.Count == 0)
                    return at.AsMinimum(iteration, converged: false);
                memory.Clear();
                continue;
            }

            if (memory.Count == History)
                memory.RemoveAt(0);
            memory.Add(Correction.Between(at, next));
            at = next;
        }

        return at.AsMinimum(maxIterations, at.GradientMax <= tolerance);
    }

    /// <summary>−H·gradient by the two-loop recursion.</summary>
    private static double[] Direction(double[] gradient, List<Correction> memory)
    {
        double[] q = [.. gradient.Select(g => -g)];
        Span<double> weights = stackalloc double[memory.Count];
        for (int k = memory.Count - 1; k >= 0; k--)
        {
            weights[k] = Dot(memory[k].Step, q) / memory[k].Curvature;
            Add(q, memory[k].Change, -weights[k]);
        }

        if (memory.Count > 0)
        {
            double scale = memory[^1].Curvature / Dot(memory[^1].Change, memory[^1].Change);
            for (int i = 0; i < q.Length; i++)
                q[i] *= scale;
        }

        for (int k = 0; k < memory.Count; k++)
            Add(q, memory[k].Step, weights[k] - (Dot(memory[k].Change, q) / memory[k].Curvature));
        return q;
    }

    /// <summary>A point along <paramref name="direction"/> whose slope is flat enough; null when rounding leaves none.</summary>
    private static Point? LineSearch(Objective objective, Point from, double[] direction, double step)
    {
        double slopeAtStart = Dot(from.Gradient, direction);
        if (!(slopeAtStart < 0))
            return null;

        double low = 0, lowSlope = slopeAtStart, high = double.PositiveInfinity, highSlope = 0;
        double allowance = 1e-10 * Math.Max(1, Math.Abs(from.Value));
        for (int attempt = 0; attempt < LineSearchSteps; attempt++)
        {
            Point there = from.Along(objective, direction, step);
            double slope = Dot(there.Gradient, direction);
            bool higher = !(there.Value <= from.Value + allowance) || double.IsNaN(slope);
            if (!higher && Math.Abs(slope) <= Flatness * -slopeAtStart)
                return there;

            if (higher || slope > 0)
                (high, highSlope) = (step, higher ? double.PositiveInfinity : slope);
            else
                (low, lowSlope) = (step, slope);
            step = Between(low, lowSlope, high, highSlope, step);
            if (double.IsFinite(high) && high - low <= 1e-16 * high)
                return null;
        }

        return null;
    }

    /// <summary>The secant's zero of the slope, kept away from the ends; ten times as far while no end is known.</summary>
    private static double Between(double low, double lowSlope, double high, double highSlope, double step)
    {
        if (double.IsPositiveInfinity(high))
            return 10 * step;
        if (double.IsPositiveInfinity(highSlope))
            return (low + high) / 2;
        double secant = low - (lowSlope * (high - low) / (highSlope - lowSlope));
        double margin = 0.05 * (high - low);
        return Math.Clamp(secant, low + margin, high - margin);
    }

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    private static void Add(Span<double> to, ReadOnlySpan<double> values, double factor)
    {
        for (int i = 0; i < to.Length; i++)
            to[i] += factor * values[i];
    }

    private sealed record Correction(double[] Step, double[] Change, double Curvature)
    {
        public static Correction Between(Point a, Point b)
        {
            double[] step = [.. b.X.Zip(a.X, (y, x) => y - x)];
            double[] change = [.. b.Gradient.Zip(a.Gradient, (y, x) => y - x)];
            return new Correction(step, change, Dot(step, change));
        }
    }

    private sealed record Point(double[] X, double Value, double[] Gradient)
    {
        public double GradientMax => Gradient.Max(Math.Abs);

        public static Point Evaluate(Objective objective, double[] x)
        {
            double[] gradient = new double[x.Length];
            double value = objective(x, gradient);
            return new Point(x, value, gradient);
        }

        public Point Along(Objective objective, double[] direction, double step) =>
            Evaluate(objective, [.. X.Zip(direction, (x, d) => x + (step * d))]);

        public Minimum AsMinimum(int iterations, bool converged) => new(X, Value, iterations, GradientMax, converged);
    }
}
