using Microsoft.EntityFrameworkCore;

namespace DpoLab.Web.Data;

/// <summary>Keys and indexes of runs and what they write. The keys are what makes ingest idempotent.</summary>
internal static class RunModel
{
    public static void Configure(ModelBuilder builder)
    {
        builder.Entity<RunEntity>(run =>
        {
            run.HasKey(r => r.Id);
            run.HasIndex(r => r.State);
            run.HasIndex(r => r.CreatedAt);
        });
        builder.Entity<RunNeedEntity>(need =>
        {
            need.HasKey(n => new { n.RunId, n.NeededId });
            need.HasIndex(n => n.NeededId);
            need.HasOne<RunEntity>().WithMany().HasForeignKey(n => n.RunId);
            need.HasOne<RunEntity>().WithMany().HasForeignKey(n => n.NeededId);
        });
        OfRun<RunStageEntity>(builder, stage => stage.HasKey(s => new { s.RunId, s.Position }));
        OfRun<LogLineEntity>(builder, line => line.HasKey(l => new { l.RunId, l.Seq }));
        OfRun<GeneratedTextEntity>(builder, text => text.HasKey(t => new { t.RunId, t.Variant, t.Prompt, t.Step }));
        OfRun<EvaluationRowEntity>(builder, row => row.HasKey(r => new { r.RunId, r.Variant }));
        OfRun<ArtifactEntity>(builder, artifact => artifact.HasKey(a => new { a.RunId, a.Path }));
        OfRun<MetricSeriesEntity>(builder, series =>
        {
            series.HasKey(s => s.Id);
            series.HasIndex(s => new { s.RunId, s.Name }).IsUnique();
        });
        builder.Entity<MetricPointEntity>(point =>
        {
            point.HasKey(p => new { p.SeriesId, p.Step });
            point.HasOne<MetricSeriesEntity>().WithMany().HasForeignKey(p => p.SeriesId);
        });
        builder.Entity<MetricBucketEntity>(bucket =>
        {
            bucket.HasKey(b => new { b.SeriesId, b.Level, b.Bucket });
            bucket.HasOne<MetricSeriesEntity>().WithMany().HasForeignKey(b => b.SeriesId);
        });
    }

    private static void OfRun<T>(ModelBuilder builder, Action<Microsoft.EntityFrameworkCore.Metadata.Builders.EntityTypeBuilder<T>> configure)
        where T : class =>
        builder.Entity<T>(entity =>
        {
            configure(entity);
            entity.HasOne<RunEntity>().WithMany().HasForeignKey("RunId");
        });
}
