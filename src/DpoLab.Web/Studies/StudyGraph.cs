namespace DpoLab.Web.Studies;

/// <summary>Lays a study's runs out left to right: a run stands one column right of the last thing that it needs.</summary>
internal static class StudyGraph
{
    public static IReadOnlyList<StudyNode> Lay(IReadOnlyList<StudyPart> parts)
    {
        var members = parts.ToDictionary(p => p.Run.Summary.Id, StringComparer.Ordinal);
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        var filled = new Dictionary<int, int>();
        var nodes = new List<StudyNode>(parts.Count);
        foreach (StudyPart part in parts)
        {
            int column = ColumnOf(part.Run.Summary.Id, members, columns);
            int row = filled.GetValueOrDefault(column);
            filled[column] = row + 1;
            nodes.Add(new StudyNode
            {
                Key = part.Key,
                Run = part.Run.Summary,
                Needs = [.. part.Run.Spec.Needs.Where(members.ContainsKey)],
                Column = column,
                Row = row,
            });
        }

        return nodes;
    }

    private static int ColumnOf(string id, Dictionary<string, StudyPart> members, Dictionary<string, int> known)
    {
        if (known.TryGetValue(id, out int column))
            return column;
        string[] needs = [.. members[id].Run.Spec.Needs.Where(members.ContainsKey)];
        // circles are refused when runs are taken in, so this ends
        column = needs.Length == 0 ? 0 : 1 + needs.Max(n => ColumnOf(n, members, known));
        known[id] = column;
        return column;
    }
}
