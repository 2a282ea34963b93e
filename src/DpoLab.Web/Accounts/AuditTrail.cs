using DpoLab.Web.Data;

namespace DpoLab.Web.Accounts;

/// <summary>Writes down who changed what, in the transaction of the change.</summary>
internal static class AuditTrail
{
    public static void Add(LabDbContext db, Actor by, string action, string target, string? detail = null) => db.Audit.Add(new AuditEntity
    {
        Time = DateTimeOffset.UtcNow,
        Who = by.Name,
        Action = action,
        Target = target,
        Detail = detail,
    });
}
