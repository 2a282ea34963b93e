using System.Globalization;
using Parquet;
using Parquet.Schema;

namespace DpoLab.Compute.Data.Formats;

/// <summary>Parquet, one row group at a time. Fields of a struct are columns such as <c>prompt.text</c>; lists are passed over.</summary>
internal sealed class ParquetRecords : RecordSource
{
    /// <summary>Rows of one group, whose columns are held in memory: a broken footer can claim any number.</summary>
    private const long MostRowsInGroup = 1 << 24;

    /// <summary>Slower than any disk: what takes longer goes round in a circle over broken pages.</summary>
    private const double BytesPerSecond = 1e6;
    private static readonly TimeSpan ShortestLimit = TimeSpan.FromSeconds(20);

    private readonly TimeSpan longestRead;
    private readonly ParquetReader reader;
    private readonly Dictionary<string, DataField> fields;

    /// <summary>Opens the file and reads its schema.</summary>
    /// <exception cref="DatasetException">It is cut off or malformed.</exception>
    public ParquetRecords(string path, string name)
        : base(name)
    {
        if (ParquetFooter.ProblemOf(path) is { } problem)
            throw Problem($"is no Parquet file that can be read: {problem}.");
        longestRead = ShortestLimit + TimeSpan.FromSeconds((double)new FileInfo(path).Length / BytesPerSecond);
        reader = Guarded(() => ParquetReader.CreateAsync(path));
        try
        {
            fields = Guarded(() => Task.FromResult(reader.Schema.DataFields
                .Where(f => f.MaxRepetitionLevel == 0)
                .ToDictionary(f => string.Join('.', f.Path.ToList()), StringComparer.Ordinal)));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override IReadOnlyList<string> Columns => [.. fields.Keys];

    public override IEnumerable<DataRecord> Read(IReadOnlyCollection<string> columns)
    {
        int row = 0;
        for (int group = 0; group < reader.RowGroupCount; group++)
        {
            int place = group;
            using var rows = Guarded(() => Task.FromResult(reader.OpenRowGroupReader(place)));
            if (rows.RowCount is < 0 or > MostRowsInGroup)
                throw Problem($"says that row group {group + 1} has {rows.RowCount} rows; at most {MostRowsInGroup} can be read. Write smaller row groups.");
            int count = (int)rows.RowCount;
            var values = columns.Where(fields.ContainsKey).ToDictionary(c => c, c => ReadColumn(rows, fields[c], count), StringComparer.Ordinal);
            for (int i = 0; i < count; i++)
                yield return new DataRecord(++row, values.ToDictionary(v => v.Key, v => v.Value[i], StringComparer.Ordinal));
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private FieldValue[] ReadColumn(ParquetRowGroupReader rows, DataField field, int count)
    {
        if (field.ClrType == typeof(string) || field.ClrType == typeof(ReadOnlyMemory<char>))
        {
            string?[] texts = new string?[count];
            Guarded(() => rows.ReadAsync(field, texts.AsMemory()!));
            return [.. texts.Select(t => t is null ? FieldValue.Missing : new FieldValue(FieldType.Text, t))];
        }

        return Type.GetTypeCode(field.ClrType) switch
        {
            TypeCode.Boolean => Values<bool>(rows, field, count, v => new(FieldType.Boolean, v ? "true" : "false")),
            TypeCode.SByte => Values<sbyte>(rows, field, count, Number),
            TypeCode.Byte => Values<byte>(rows, field, count, Number),
            TypeCode.Int16 => Values<short>(rows, field, count, Number),
            TypeCode.UInt16 => Values<ushort>(rows, field, count, Number),
            TypeCode.Int32 => Values<int>(rows, field, count, Number),
            TypeCode.UInt32 => Values<uint>(rows, field, count, Number),
            TypeCode.Int64 => Values<long>(rows, field, count, Number),
            TypeCode.UInt64 => Values<ulong>(rows, field, count, Number),
            TypeCode.Single => Values<float>(rows, field, count, Number),
            TypeCode.Double => Values<double>(rows, field, count, Number),
            _ => [.. Enumerable.Repeat(new FieldValue(FieldType.Other, field.ClrType.Name), count)],
        };
    }

    private FieldValue[] Values<T>(ParquetRowGroupReader rows, DataField field, int count, Func<T, FieldValue> describe)
        where T : struct
    {
        if (!field.IsNullable && field.MaxDefinitionLevel == 0)
        {
            var all = new T[count];
            Guarded(() => rows.ReadAsync(field, all.AsMemory()));
            return [.. all.Select(describe)];
        }

        var values = new T?[count];
        Guarded(() => rows.ReadAsync<T>(field, values.AsMemory()));
        return [.. values.Select(v => v is { } value ? describe(value) : FieldValue.Missing)];
    }

    private static FieldValue Number<T>(T value)
        where T : IFormattable =>
        new(FieldType.Number, value.ToString(null, CultureInfo.InvariantCulture));

    private T Guarded<T>(Func<Task<T>> read)
    {
        try
        {
            return Task.Run(read).WaitAsync(longestRead).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // the library throws whatever the broken bytes lead it to: index errors, overflows, its own types
            throw Problem($"is no Parquet file that can be read: {e.Message}", e);
        }
    }

    private void Guarded(Func<ValueTask> read) => Guarded(async () =>
    {
        await read().ConfigureAwait(false);
        return true;
    });
}
