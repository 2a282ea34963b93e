using DpoLab.Contracts.Hosting;

namespace DpoLab.Compute.Data;

/// <summary>Which column plays which role.</summary>
internal static class ColumnMapping
{
    /// <summary>The column of each role, as given or recognised.</summary>
    /// <exception cref="DatasetException">A given column or role does not exist, or a role's column is not recognised.</exception>
    public static Dictionary<string, string> Of(DatasetFile file, IReadOnlyList<DatasetRole> roles, IReadOnlyList<string> columns)
    {
        foreach (string given in file.Columns?.Keys ?? [])
        {
            if (!roles.Any(r => string.Equals(r.Name, given, StringComparison.Ordinal)))
                throw file.Problem($"there is no role '{given}' here; the roles are {List(roles.Select(r => r.Name))}.");
        }

        var mapping = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var role in roles)
            mapping[role.Name] = Given(file, role, columns) ?? Recognised(file, role, columns);
        return mapping;
    }

    private static string? Given(DatasetFile file, DatasetRole role, IReadOnlyList<string> columns)
    {
        string? column = file.Columns?.GetValueOrDefault(role.Name);
        if (string.IsNullOrEmpty(column))
            return null;
        if (columns.Contains(column, StringComparer.Ordinal))
            return column;
        throw Missing(file, column, $"column '{column}', given for the {role.Name}, is not in the file, which has {List(columns)}. Choose one of them.");
    }

    private static string Recognised(DatasetFile file, DatasetRole role, IReadOnlyList<string> columns)
    {
        foreach (string usual in role.UsualColumns)
        {
            if (columns.FirstOrDefault(c => string.Equals(c, usual, StringComparison.OrdinalIgnoreCase)) is { } column)
                return column;
        }

        throw Missing(
            file,
            null,
            $"no column for the {role.Name} was recognised (usually {List(role.UsualColumns.Take(3))}). The file has {List(columns)}. Say which one it is.");
    }

    private static DatasetException Missing(DatasetFile file, string? column, string message) =>
        new(file.Name, new DatasetProblem(null, column, message));

    private static string List(IEnumerable<string> names)
    {
        string[] quoted = [.. names.Take(20).Select(n => n.Length <= 60 ? $"'{n}'" : $"'{n[..57]}…'")];
        return string.Join(", ", quoted);
    }
}
