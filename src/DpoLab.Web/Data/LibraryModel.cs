using Microsoft.EntityFrameworkCore;

namespace DpoLab.Web.Data;

/// <summary>Keys and indexes of models, datasets, studies and access.</summary>
internal static class LibraryModel
{
    public static void Configure(ModelBuilder builder)
    {
        builder.Entity<ModelEntity>(model => model.HasIndex(m => new { m.Service, m.Path }).IsUnique());
        builder.Entity<DatasetEntity>(dataset => dataset.HasIndex(d => new { d.Service, d.Location, d.Kind }).IsUnique());
        builder.Entity<StudyEntity>(study => study.HasKey(s => s.Id));
        builder.Entity<StudyNodeEntity>(node =>
        {
            node.HasKey(n => new { n.StudyId, n.RunId });
            node.HasIndex(n => n.RunId);
            node.HasOne<StudyEntity>().WithMany().HasForeignKey(n => n.StudyId);
            node.HasOne<RunEntity>().WithMany().HasForeignKey(n => n.RunId);
        });
        builder.Entity<NeuronSetEntity>(set => set.HasIndex(s => s.Name).IsUnique());
        builder.Entity<NeuronSetVersionEntity>(version =>
        {
            version.HasKey(v => new { v.SetId, v.Version });
            version.HasIndex(v => v.Digest);
            version.HasOne<NeuronSetEntity>().WithMany().HasForeignKey(v => v.SetId);
        });
        builder.Entity<ShareLinkEntity>(link => link.HasIndex(l => l.SecretHash).IsUnique());
        builder.Entity<ShareLinkRunEntity>(run =>
        {
            run.HasKey(r => new { r.ShareLinkId, r.RunId });
            run.HasOne<ShareLinkEntity>().WithMany().HasForeignKey(r => r.ShareLinkId);
        });
        builder.Entity<ApiTokenEntity>(token => token.HasIndex(t => t.TokenHash).IsUnique());
        builder.Entity<AuditEntity>(entry => entry.HasIndex(e => e.Time));
    }
}
