using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace DpoLab.Web.Data;

/// <summary>Points in time as microseconds since 1970, UTC.</summary>
internal sealed class MicrosecondsConverter() : ValueConverter<DateTimeOffset, long>(
    time => time.UtcTicks / TimeSpan.TicksPerMicrosecond - UnixEpoch,
    stored => new DateTimeOffset((stored + UnixEpoch) * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero))
{
    private const long UnixEpoch = 621_355_968_000_000_000 / 10;
}
