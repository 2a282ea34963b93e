using System.Text.Json;
using DpoLab.Tests.Science;

namespace DpoLab.Compute.Tests.Directions;

/// <summary>The probe's part of a science fixture.</summary>
internal static class ProbeFixture
{
    extension(ScienceFixture fixture)
    {
        public JsonElement Probe => fixture.Json.GetProperty("probe");

        public int[][] Texts => fixture.Probe.GetProperty("texts").Deserialize<int[][]>()!;

        public bool[] Labels => [.. fixture.Probe.GetProperty("labels").Deserialize<int[]>()!.Select(y => y == 1)];

        /// <summary>Positions of the published features.</summary>
        public int PublishedWidth => fixture.Probe.GetProperty("published_width").GetInt32();
    }
}
