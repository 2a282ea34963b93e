using System.Text;
using DpoLab.Compute.Data;
using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Runs;
using DpoLab.Tests;

namespace DpoLab.Compute.Tests.Data;

/// <summary>What is wrong is named with its place, and what to do about it.</summary>
public sealed class DatasetProblemTests : IDisposable
{
    private readonly TemporaryFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void Inspect_LabelInRow41_RowAndColumnNamed()
    {
        var rows = Enumerable.Range(1, 60).Select(i => i == 41 ? "41,text 41,maybe" : $"{i},text {i},{i % 2}");
        string path = scratch.Write("c.csv", "id,comment_text,toxic\n" + string.Join('\n', rows));

        var report = Inspect(path, DatasetKind.Comments);

        Assert.Equal(new DatasetProblem(41, "toxic", "row 41: column 'toxic' holds 'maybe'; expected 0 or 1, or a share between them"), report.Problem);
        Assert.Equal(40, report.Records);
        Assert.Equal(["id", "comment_text", "toxic"], report.Columns);
        var thrown = Assert.Throws<DatasetException>(() => Datasets.Comments(new DatasetFile(path), TestContext.Current.CancellationToken));
        Assert.StartsWith("c.csv: row 41: column 'toxic'", thrown.Message);
    }

    [Fact]
    public void Inspect_GoodDemoFile_CountsDigestAndPreview()
    {
        var report = Inspect(Repository.Demo("comments.csv"), DatasetKind.Comments);

        Assert.Null(report.Problem);
        Assert.Equal(4000, report.Records);
        Assert.Equal(385_242, report.Bytes);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Repository.Demo("comments.csv")))), report.Digest);
        Assert.Equal(new Dictionary<string, string> { ["text"] = "comment_text", ["label"] = "toxic" }, report.Mapping);
        Assert.Equal(5, report.Preview.Count);
        Assert.Equal("you not gone leave hoe", report.Preview[0]["text"]);
    }

    [Theory]
    [InlineData("c.csv", "", "is empty.")]
    [InlineData("c.csv", "comment_text,toxic\n", "holds no records.")]
    [InlineData("c.csv", "comment_text,toxic\na,1\nb,1\n", "all 2 records are toxic; both kinds are needed")]
    [InlineData("c.csv", "comment_text,toxic\na,1\nb\n", "row 2: has 1 fields; expected 2")]
    [InlineData("c.csv", "comment_text,toxic\na,1\n\"b,0\nc,0\n", "row 2: a field opens a quotation mark and never closes it.")]
    [InlineData("c.csv", "comment_text,toxic\na,1\n,0\n", "row 2: column 'comment_text' is empty; expected a text")]
    [InlineData("c.csv", "comment_text,toxic\na,NaN\n", "row 1: column 'toxic' holds 'NaN'; expected 0 or 1")]
    [InlineData("c.csv", "comment_text,toxic\na,-1\n", "row 1: column 'toxic' holds '-1'; expected 0 or 1")]
    [InlineData("c.csv", "comment_text,toxic,toxic\na,1,0\n", "the header names the column 'toxic' twice")]
    [InlineData("c.csv", "id,score\n1,2\n", "no column for the text was recognised (usually 'comment_text', 'text', 'comment'). The file has 'id', 'score'.")]
    [InlineData("c.jsonl", "{\"text\":\"a\",\"label\":1}\n{\"text\":\"b\"}\n", "row 2: column 'label' is missing; expected 0 or 1")]
    [InlineData("c.jsonl", "{\"text\":\"a\",\"label\":1}\n\n{\"text\":\"b\",\"label\":0\n", "row 3: is no valid JSON")]
    [InlineData("c.jsonl", "{\"text\":7,\"label\":1}\n", "row 1: column 'text' holds 7; expected a text")]
    [InlineData("c.jsonl", "{\"text\":[\"a\"],\"label\":1}\n", "row 1: column 'text' holds [\"a\"]; expected a text")]
    [InlineData("c.jsonl", "{\"text\":\"\\ud800\",\"label\":1}\n", "row 1: holds half a character")]
    [InlineData("c.jsonl", "[{\"text\":\"a\",\"label\":1}]", "holds one JSON list. Expected one JSON object a line")]
    [InlineData("c.jsonl", "\n \n", "holds no records")]
    [InlineData("c.parquet", "PAR1 and nothing more", "is no Parquet file that can be read")]
    public void Inspect_BadComments_Named(string name, string content, string expected)
    {
        var report = Inspect(scratch.Write(name, content), DatasetKind.Comments);

        Assert.Contains(expected, report.Problem?.Message);
    }

    [Fact]
    public void Inspect_GivenColumnMissing_ChoicesListed()
    {
        string path = scratch.Write("c.csv", "id,comment_text,toxic\n1,a,1\n");
        var file = new DatasetFile(path, new Dictionary<string, string> { ["text"] = "txt" });

        var problem = DatasetInspection.Inspect(file, DatasetKind.Comments, TestContext.Current.CancellationToken).Problem!;

        Assert.Equal("txt", problem.Column);
        Assert.Equal("column 'txt', given for the text, is not in the file, which has 'id', 'comment_text', 'toxic'. Choose one of them.", problem.Message);
    }

    [Theory]
    [InlineData(3)]
    [InlineData((1 << 20) - 12)]
    [InlineData(1 << 20)]
    public void Inspect_InvalidUtf8_LineAndByteNamed(int before)
    {
        byte[] content = [.. Encoding.UTF8.GetBytes("comment_text,toxic\n"), .. Enumerable.Repeat((byte)'x', before), 0xE9, (byte)'t', .. "é,1\n"u8];

        var problem = Inspect(scratch.Write("c.csv", content), DatasetKind.Comments).Problem!;

        Assert.Equal(2, problem.Row);
        Assert.Equal($"line 2, byte {before + 1}: the byte 0xE9 is no valid UTF-8. Save the file as UTF-8.", problem.Message);
    }

    [Theory]
    [InlineData((1 << 20) - 20)]
    [InlineData((1 << 20) - 21)]
    [InlineData((1 << 20) - 22)]
    [InlineData((1 << 20) - 23)]
    public void Inspect_CharacterAcrossABlock_IsValid(int before)
    {
        string text = new string('x', before) + "😀é";

        var report = Inspect(scratch.Write("c.csv", $"comment_text,toxic\n{text},1\ny,0\n"), DatasetKind.Comments);

        Assert.Null(report.Problem);
        Assert.Equal(2, report.Records);
    }

    [Fact]
    public void Inspect_MissingFileFolderUtf16AndCutCharacter_Named()
    {
        Assert.Contains("is not there", Inspect(Path.Combine(scratch.Path, "none.csv"), DatasetKind.Text).Problem!.Message);
        Assert.Contains("is a folder", Inspect(scratch.Path, DatasetKind.Text).Problem!.Message);
        Assert.Contains("UTF-16", Inspect(scratch.Write("u.txt", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("hi")]), DatasetKind.Text).Problem!.Message);
        Assert.Contains("no valid UTF-8", Inspect(scratch.Write("e.txt", [(byte)'a', 0xF0, 0x9F]), DatasetKind.Text).Problem!.Message);
        Assert.Contains("white space", Inspect(scratch.Write("w.txt", " \n\n"), DatasetKind.Text).Problem!.Message);
    }

    [Fact]
    public void Inspect_TruncatedParquet_NamedWhereverItIsCut()
    {
        byte[] whole = File.ReadAllBytes(Repository.Fixture("datasets", "comments.parquet"));
        for (int length = 8; length < whole.Length; length += 97)
        {
            var report = Inspect(scratch.Write("cut.parquet", whole[..length]), DatasetKind.Comments);
            Assert.NotNull(report.Problem);
        }
    }

    [Theory]
    [InlineData(new byte[] { 0x19, 0xF1, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0x00 }, "a list of 2147483647 entries")]
    [InlineData(new byte[] { 0x19, 0x21, 0x01, 0x01, 0x00 }, "a value of type 1")]
    [InlineData(new byte[] { 0x18, 0x7F, 0x00 }, "cut short")]
    [InlineData(new byte[] { 0x1C, 0x1C, 0x1C }, "cut short")]
    public void Inspect_ParquetFooterThatClaimsMoreThanItHas_RefusedBeforeTheLibraryBelievesIt(byte[] footer, string expected)
    {
        byte[] file = [.. "PAR1"u8, .. footer, .. BitConverter.GetBytes(footer.Length), .. "PAR1"u8];

        var report = Inspect(scratch.Write("claims.parquet", file), DatasetKind.Comments);

        Assert.Contains(expected, report.Problem?.Message);
    }

    private static DatasetReport Inspect(string path, DatasetKind kind) =>
        DatasetInspection.Inspect(new DatasetFile(path), kind, TestContext.Current.CancellationToken);
}
