using System.Globalization;

namespace DpoLab.Web.Neurons;

/// <summary>A part of the map's plane. In an address as short text.</summary>
public abstract record MapRegion
{
    /// <summary>Whether a point lies in it, its edge included.</summary>
    public abstract bool Holds(double x, double y);

    /// <summary>A brushed rectangle.</summary>
    public sealed record Box(double Left, double Right, double Bottom, double Top) : MapRegion
    {
        /// <inheritdoc/>
        public override bool Holds(double x, double y) => x >= Left && x <= Right && y >= Bottom && y <= Top;

        /// <summary><c>left,right,bottom,top</c></summary>
        public override string ToString() => string.Join(',', Number(Left), Number(Right), Number(Bottom), Number(Top));

        /// <summary>The box that a text stands for; null: none.</summary>
        public static Box? Parse(string? text) => Numbers(text) is [var left, var right, var bottom, var top] && left <= right && bottom <= top
            ? new Box(left, right, bottom, top)
            : null;
    }

    /// <summary>A polygon drawn by hand, its corners on a grid of 1000 × 1000 over <see cref="Bounds"/>, so that the address stays short.</summary>
    /// <param name="Bounds">The smallest rectangle around it.</param>
    /// <param name="Corners">Across and up, 0 to 999 each.</param>
    public sealed record Lasso(Box Bounds, IReadOnlyList<(int Across, int Up)> Corners) : MapRegion
    {
        private const int Grid = 999;
        private const int LeastCorners = 3;

        /// <inheritdoc/>
        public override bool Holds(double x, double y)
        {
            if (!Bounds.Holds(x, y))
                return false;
            double across = Bounds.Right > Bounds.Left ? (x - Bounds.Left) / (Bounds.Right - Bounds.Left) * Grid : 0;
            double up = Bounds.Top > Bounds.Bottom ? (y - Bounds.Bottom) / (Bounds.Top - Bounds.Bottom) * Grid : 0;
            bool inside = false;
            for (int i = 0, j = Corners.Count - 1; i < Corners.Count; j = i++)
            {
                var (a, b) = (Corners[i], Corners[j]);
                // a ray to the right crosses this edge
                if ((a.Up > up) != (b.Up > up) && across < ((double)(b.Across - a.Across) * (up - a.Up) / (b.Up - a.Up)) + a.Across)
                    inside = !inside;
            }

            return inside;
        }

        /// <summary>The corners on the plane.</summary>
        public IEnumerable<(double X, double Y)> Points => Corners.Select(c => (
            Bounds.Left + ((Bounds.Right - Bounds.Left) * c.Across / Grid), Bounds.Bottom + ((Bounds.Top - Bounds.Bottom) * c.Up / Grid)));

        /// <summary>The bounds, a tilde, then six digits a corner.</summary>
        public override string ToString() =>
            $"{Bounds}~{string.Concat(Corners.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Across:000}{c.Up:000}")))}";

        /// <summary>The polygon through these points.</summary>
        public static Lasso Of(IReadOnlyList<(double X, double Y)> points)
        {
            ArgumentNullException.ThrowIfNull(points);
            // the bounds as the address writes them, so that a link holds the same neurons
            var bounds = Box.Parse(new Box(points.Min(p => p.X), points.Max(p => p.X), points.Min(p => p.Y), points.Max(p => p.Y)).ToString())!;
            return new Lasso(bounds, [.. points.Select(p => (On(p.X, bounds.Left, bounds.Right), On(p.Y, bounds.Bottom, bounds.Top)))]);
        }

        /// <summary>The polygon that a text stands for; null: none.</summary>
        public static Lasso? Parse(string? text)
        {
            string[] parts = text?.Split('~') ?? [];
            if (parts.Length != 2 || Box.Parse(parts[0]) is not { } bounds || parts[1].Length < 6 * LeastCorners || parts[1].Length % 6 != 0 || !parts[1].All(char.IsAsciiDigit))
                return null;
            return new Lasso(bounds, [.. parts[1].Chunk(6).Select(six => (int.Parse(six.AsSpan(0, 3), CultureInfo.InvariantCulture), int.Parse(six.AsSpan(3), CultureInfo.InvariantCulture)))]);
        }

        private static int On(double value, double from, double to) => to > from ? (int)Math.Clamp(Math.Round((value - from) / (to - from) * Grid), 0, Grid) : 0;
    }

    /// <summary>The region of the address' two forms; null: none.</summary>
    public static MapRegion? Of(string? box, string? lasso) => (MapRegion?)Lasso.Parse(lasso) ?? Box.Parse(box);

    private static string Number(double value) => value.ToString("G5", CultureInfo.InvariantCulture);

    private static double[] Numbers(string? text)
    {
        string[] parts = text?.Split(',') ?? [];
        var numbers = new double[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]) || !double.IsFinite(numbers[i]))
                return [];
        }

        return numbers;
    }
}
