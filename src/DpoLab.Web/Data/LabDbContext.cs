using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace DpoLab.Web.Data;

/// <summary>Everything the lab shows, in one SQLite file. Big tensors stay in the run directories on the compute host.</summary>
public sealed class LabDbContext(DbContextOptions<LabDbContext> options) : IdentityUserContext<LabUser>(options)
{
    public DbSet<RunEntity> Runs => Set<RunEntity>();

    public DbSet<RunNeedEntity> RunNeeds => Set<RunNeedEntity>();

    public DbSet<RunStageEntity> RunStages => Set<RunStageEntity>();

    public DbSet<LogLineEntity> LogLines => Set<LogLineEntity>();

    public DbSet<GeneratedTextEntity> GeneratedTexts => Set<GeneratedTextEntity>();

    public DbSet<EvaluationRowEntity> EvaluationRows => Set<EvaluationRowEntity>();

    public DbSet<ArtifactEntity> Artifacts => Set<ArtifactEntity>();

    public DbSet<MetricSeriesEntity> MetricSeries => Set<MetricSeriesEntity>();

    public DbSet<MetricPointEntity> MetricPoints => Set<MetricPointEntity>();

    public DbSet<MetricBucketEntity> MetricBuckets => Set<MetricBucketEntity>();

    public DbSet<ModelEntity> Models => Set<ModelEntity>();

    public DbSet<DatasetEntity> Datasets => Set<DatasetEntity>();

    public DbSet<StudyEntity> Studies => Set<StudyEntity>();

    public DbSet<StudyNodeEntity> StudyNodes => Set<StudyNodeEntity>();

    public DbSet<NeuronSetEntity> NeuronSets => Set<NeuronSetEntity>();

    public DbSet<NeuronSetVersionEntity> NeuronSetVersions => Set<NeuronSetVersionEntity>();

    public DbSet<ShareLinkEntity> ShareLinks => Set<ShareLinkEntity>();

    public DbSet<ShareLinkRunEntity> ShareLinkRuns => Set<ShareLinkRunEntity>();

    public DbSet<ApiTokenEntity> ApiTokens => Set<ApiTokenEntity>();

    public DbSet<AuditEntity> Audit => Set<AuditEntity>();

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        ArgumentNullException.ThrowIfNull(configurationBuilder);
        // SQLite cannot order DateTimeOffset; microseconds since 1970 sort and compare as numbers.
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<MicrosecondsConverter>();
        configurationBuilder.Properties<Enum>().HaveConversion<string>();
    }

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        base.OnModelCreating(builder);
        RunModel.Configure(builder);
        LibraryModel.Configure(builder);
    }
}
