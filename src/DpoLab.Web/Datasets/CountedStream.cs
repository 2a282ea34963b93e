namespace DpoLab.Web.Datasets;

/// <summary>Passes a stream on and says, a few times a second, how much of it has been read.</summary>
internal sealed class CountedStream(Stream inner, Action<long> report) : Stream
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(150);

    private long read;
    private long reported;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => inner.Length;

    public override long Position
    {
        get => read;
        set => throw new NotSupportedException("An upload is read once, from its beginning.");
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = await inner.ReadAsync(buffer, cancellationToken);
        read += count;
        if (count == 0 || System.Diagnostics.Stopwatch.GetElapsedTime(reported) > Interval)
        {
            reported = System.Diagnostics.Stopwatch.GetTimestamp();
            report(read);
        }

        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("A browser's file is read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("An upload is read once, from its beginning.");

    public override void SetLength(long value) => throw new NotSupportedException("An upload is only read.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("An upload is only read.");

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }
}
