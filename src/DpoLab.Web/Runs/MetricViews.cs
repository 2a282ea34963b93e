namespace DpoLab.Web.Runs;

/// <summary>A curve with what lists show of it.</summary>
public sealed record SeriesSummary(string Name, string? Unit, long Count, long FirstStep, long LastStep, double LastValue, double Least, double Greatest);

/// <summary>A curve, drawn.</summary>
/// <param name="Name">As <c>train/loss</c>.</param>
/// <param name="Unit">Null: none.</param>
/// <param name="Exact">True: every stored point of the range is here; false: neighbouring points are summed up.</param>
/// <param name="Stored">Points stored in all.</param>
/// <param name="Points">In order of steps, at most <see cref="MetricQueries.MostPoints"/>.</param>
public sealed record Curve(string Name, string? Unit, bool Exact, long Stored, IReadOnlyList<CurvePoint> Points);

/// <summary>A point of a drawn curve.</summary>
/// <param name="Step">Of the point, or the last step of those summed up.</param>
/// <param name="Value">The value, or the mean of those summed up; NaN: not a finite number.</param>
/// <param name="Low">Least of those summed up.</param>
/// <param name="High">Greatest of those summed up.</param>
/// <param name="Count">How many points it stands for.</param>
public readonly record struct CurvePoint(long Step, double Value, double Low, double High, long Count);
