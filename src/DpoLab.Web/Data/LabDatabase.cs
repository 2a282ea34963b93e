using System.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace DpoLab.Web.Data;

/// <summary>
/// How the lab reads and writes its database. SQLite has one writer at a time: writers of this process take turns at a gate,
/// because a busy connection waits by sleeping, which would be seen on the screen.
/// </summary>
public sealed class LabDatabase(IDbContextFactory<LabDbContext> contexts) : IDisposable
{
    private readonly SemaphoreSlim writer = new(1, 1);

    /// <summary>Connection string for a database file.</summary>
    public static string ConnectionString(string file) => new SqliteConnectionStringBuilder
    {
        DataSource = file,
        ForeignKeys = true,
        DefaultTimeout = 30,
        Pooling = true,
    }.ToString();

    /// <summary>Brings the file to the newest schema and switches on write-ahead logging.</summary>
    public async Task MigrateAsync(CancellationToken cancellationToken = default)
    {
        await using LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await db.Database.MigrateAsync(cancellationToken).ConfigureAwait(false);
        await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = 'wal'", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads without tracking.</summary>
    public async Task<T> ReadAsync<T>(Func<LabDbContext, Task<T>> read, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(read);
        await using LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        db.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
        return await read(db).ConfigureAwait(false);
    }

    /// <summary>Runs <paramref name="write"/> in one transaction and commits it; an exception leaves nothing behind.</summary>
    public async Task<T> WriteAsync<T>(Func<LabDbContext, Task<T>> write, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(write);
        await writer.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await using LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
            await using var transaction = await db.Database.BeginTransactionAsync(IsolationLevel.Serializable, cancellationToken).ConfigureAwait(false);
            T result = await write(db).ConfigureAwait(false);
            await db.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            return result;
        }
        finally
        {
            writer.Release();
        }
    }

    /// <summary>As the other overload, for writes that return nothing.</summary>
    public Task WriteAsync(Func<LabDbContext, Task> write, CancellationToken cancellationToken = default) =>
        WriteAsync(
            async db =>
            {
                await write(db).ConfigureAwait(false);
                return true;
            },
            cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => writer.Dispose();
}
