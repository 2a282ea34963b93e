using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace DpoLab.Web.Compute;

/// <summary>One prepared statement, run again and again within a batch: nothing else keeps up with a run that writes hundreds of points a second.</summary>
internal sealed class IngestCommand : IDisposable
{
    private readonly SqliteCommand command;

    /// <summary>Prepares nothing yet: SQLite does at the first run.</summary>
    /// <param name="connection">Of the batch's transaction.</param>
    /// <param name="transaction">The batch's.</param>
    /// <param name="sql">With parameters <c>$0</c>, <c>$1</c>, …</param>
    /// <param name="parameters">How many.</param>
    public IngestCommand(DbConnection connection, DbTransaction transaction, string sql, int parameters)
    {
        command = (SqliteCommand)connection.CreateCommand();
        command.Transaction = (SqliteTransaction)transaction;
        command.CommandText = sql;
        for (int i = 0; i < parameters; i++)
            command.Parameters.Add(new SqliteParameter { ParameterName = "$" + i });
    }

    /// <summary>Runs it with these values; null becomes NULL.</summary>
    public void Run(params ReadOnlySpan<object?> values)
    {
        Bind(values);
        command.ExecuteNonQuery();
    }

    /// <summary>Runs it and returns the one number that it yields.</summary>
    public long Number(params ReadOnlySpan<object?> values)
    {
        Bind(values);
        return Convert.ToInt64(command.ExecuteScalar());
    }

    /// <summary>Runs it and reads its rows.</summary>
    public SqliteDataReader Read(params ReadOnlySpan<object?> values)
    {
        Bind(values);
        return command.ExecuteReader();
    }

    /// <inheritdoc/>
    public void Dispose() => command.Dispose();

    private void Bind(ReadOnlySpan<object?> values)
    {
        for (int i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
    }
}
