using DpoLab.Web.Api;
using DpoLab.Web.Shell;
using Parquet;
using Parquet.Schema;

namespace DpoLab.Web.Neurons;

/// <summary>Chosen neurons as files: exact numbers, one row a neuron, in order of layer and index.</summary>
internal static class NeuronExports
{
    private static readonly NeuronColumn[] Whole = [NeuronColumn.Layer, NeuronColumn.Neuron, NeuronColumn.ToxicRank];

    /// <summary>layer, neuron, group, then the statistics.</summary>
    public static async Task CsvAsync(ChosenNeurons chosen, TextWriter writer, CancellationToken cancellationToken)
    {
        NeuronTable table = chosen.Table;
        NeuronColumn[] columns = [.. NeuronColumnWords.All.Select(c => c.Column)];
        double[][] values = [.. columns.Select(c => table[c])];
        await writer.WriteAsync(Csv.Line(["layer", "neuron", "group", .. columns.Skip(2).Select(c => NeuronColumnWords.Of(c).Name)]));
        var cells = new object?[columns.Length + 1];
        foreach (int i in chosen.Flat)
        {
            cancellationToken.ThrowIfCancellationRequested();
            cells[0] = values[0][i];
            cells[1] = values[1][i];
            cells[2] = GroupWord(table, i);
            for (int c = 2; c < columns.Length; c++)
                cells[c + 1] = values[c][i];
            await writer.WriteAsync(Csv.Line(cells));
        }
    }

    /// <summary>The same columns; whole numbers as int32, others as double.</summary>
    public static async Task ParquetAsync(ChosenNeurons chosen, Stream file, CancellationToken cancellationToken)
    {
        NeuronTable table = chosen.Table;
        int[] rows = [.. chosen.Flat];
        var fields = NeuronColumnWords.All.Select(c => (c.Column, Field: new DataField(
            c.Name.Replace('-', '_'), Whole.Contains(c.Column) ? typeof(int) : typeof(double), isNullable: false))).ToList();
        var group = new DataField("group", typeof(string), isNullable: false);
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(new ParquetSchema([.. fields.Select(f => f.Field), group]), file, cancellationToken: cancellationToken);
        using ParquetRowGroupWriter part = writer.CreateRowGroup();
        foreach (var (column, field) in fields)
        {
            double[] values = table[column];
            if (field.ClrType == typeof(int))
                await part.WriteAsync<int>(field, Array.ConvertAll(rows, i => (int)values[i]), cancellationToken: cancellationToken);
            else
                await part.WriteAsync<double>(field, Array.ConvertAll(rows, i => values[i]), cancellationToken: cancellationToken);
        }

        await part.WriteAsync(group, Array.ConvertAll(rows, i => GroupWord(table, i)));
    }

    /// <summary>TP, AN, TN, AP for the groups proper; raised for counter-movers; none.</summary>
    public static string GroupWord(NeuronTable table, int neuron) => table.GroupOf(neuron) is { } group
        ? Words.Of(group)
        : Contracts.Results.NeuronArrays.QuadrantOf(table.Codes[neuron]) is null ? "none" : "raised";
}
