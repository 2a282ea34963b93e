using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace DpoLab.Web.Data.Migrations
{
    /// <summary>Scores of a panel's further scorers beside each generated text.</summary>
    [DbContext(typeof(LabDbContext))]
    [Migration("20261125010000_PanelScores")]
    public partial class PanelScores : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder) =>
            migrationBuilder.AddColumn<string>(name: "PanelJson", table: "GeneratedTexts", type: "TEXT", nullable: true);

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) =>
            migrationBuilder.DropColumn(name: "PanelJson", table: "GeneratedTexts");
    }
}
