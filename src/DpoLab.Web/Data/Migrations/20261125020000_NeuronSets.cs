using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace DpoLab.Web.Data.Migrations
{
    /// <summary>Named, versioned sets of neurons.</summary>
    [DbContext(typeof(LabDbContext))]
    [Migration("20261125020000_NeuronSets")]
    public partial class NeuronSets : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "NeuronSets",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false).Annotation("Sqlite:Autoincrement", true),
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    Description = table.Column<string>(type: "TEXT", nullable: false),
                    CreatedBy = table.Column<string>(type: "TEXT", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table => table.PrimaryKey("PK_NeuronSets", x => x.Id));
            migrationBuilder.CreateTable(
                name: "NeuronSetVersions",
                columns: table => new
                {
                    SetId = table.Column<int>(type: "INTEGER", nullable: false),
                    Version = table.Column<int>(type: "INTEGER", nullable: false),
                    Layers = table.Column<int>(type: "INTEGER", nullable: false),
                    NeuronsPerLayer = table.Column<int>(type: "INTEGER", nullable: false),
                    Count = table.Column<int>(type: "INTEGER", nullable: false),
                    File = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Digest = table.Column<string>(type: "TEXT", nullable: false),
                    Origin = table.Column<string>(type: "TEXT", nullable: false),
                    RunId = table.Column<string>(type: "TEXT", nullable: true),
                    CreatedBy = table.Column<string>(type: "TEXT", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_NeuronSetVersions", x => new { x.SetId, x.Version });
                    table.ForeignKey(
                        name: "FK_NeuronSetVersions_NeuronSets_SetId", column: x => x.SetId, principalTable: "NeuronSets", principalColumn: "Id", onDelete: ReferentialAction.Cascade);
                });
            migrationBuilder.CreateIndex(name: "IX_NeuronSets_Name", table: "NeuronSets", column: "Name", unique: true);
            migrationBuilder.CreateIndex(name: "IX_NeuronSetVersions_Digest", table: "NeuronSetVersions", column: "Digest");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(name: "NeuronSetVersions");
            migrationBuilder.DropTable(name: "NeuronSets");
        }
    }
}
