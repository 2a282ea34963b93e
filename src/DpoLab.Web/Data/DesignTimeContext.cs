using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace DpoLab.Web.Data;

/// <summary>What <c>dotnet ef migrations add</c> works on: a database that is never opened.</summary>
internal sealed class DesignTimeContext : IDesignTimeDbContextFactory<LabDbContext>
{
    /// <inheritdoc/>
    public LabDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<LabDbContext>().UseSqlite("Data Source=design.db").Options);
}
