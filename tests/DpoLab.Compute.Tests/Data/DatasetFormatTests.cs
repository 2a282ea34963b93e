using DpoLab.Compute.Data;
using DpoLab.Contracts.Runs;
using DpoLab.Tests;

namespace DpoLab.Compute.Tests.Data;

/// <summary>Every format of science.md, section 2, is read; the demo's files among them.</summary>
public sealed class DatasetFormatTests : IDisposable
{
    private readonly TemporaryFolder scratch = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void Comments_Demo_AllRead()
    {
        var comments = Datasets.Comments(new DatasetFile(Repository.Demo("comments.csv")), Token);

        Assert.Equal(4000, comments.Count);
        Assert.Equal(1744, comments.Count(c => c.IsToxic));
        Assert.Equal("you not gone leave hoe", comments[0].Text);
    }

    [Fact]
    public void OtherKinds_Demo_AllRead()
    {
        Assert.Equal(1500, Datasets.PreferencePairs(new DatasetFile(Repository.Demo("pairs.jsonl")), Token).Count);
        Assert.Equal(300, Datasets.Prompts(new DatasetFile(Repository.Demo("challenge-prompts.jsonl")), Token).Count);
        Assert.Equal(300, Datasets.Continuations(new DatasetFile(Repository.Demo("continuations.jsonl")), Token).Count);
        Assert.Equal(File.ReadAllText(Repository.Demo("text.txt")), Datasets.TextCorpus(new DatasetFile(Repository.Demo("text.txt")), Token));
    }

    [Fact]
    public void PreferencePairs_PapersColumns_Recognised()
    {
        string path = scratch.Write("pairs.jsonl", """{"prompt_text":"a","unpert_gen_text":" good","pert_gen_text":" bad","loss":0.5}""" + "\n\n");

        Assert.Equal([new PreferencePair("a", " good", " bad")], Datasets.PreferencePairs(new DatasetFile(path), Token));
    }

    [Fact]
    public void Prompts_RealToxicityPromptsJson_NestedTextIsRead()
    {
        string path = scratch.Write("prompts.jsonl", """{"filename":"f","prompt":{"text":"so I said","toxicity":0.3},"continuation":{"text":" no"}}""");

        Assert.Equal(["so I said"], Datasets.Prompts(new DatasetFile(path), Token));
        Assert.Equal([new Continuation("so I said", " no")], Datasets.Continuations(new DatasetFile(path), Token));
    }

    [Theory]
    [InlineData("comments.parquet")]
    [InlineData("comments-zstd.parquet")]
    public void Comments_Parquet_EqualToWhatWasWritten(string name)
    {
        var comments = Datasets.Comments(new DatasetFile(Repository.Fixture("datasets", name)), Token);

        var expected = Enumerable.Range(1, 300).Select(i => new Comment(
            $"comment number {i}" + (i % 7 == 0 ? " naïve 😀, \"quoted\"\n second line" : string.Empty), i % 3 == 0 ? 1 : 0));
        Assert.Equal(expected, comments);
    }

    [Fact]
    public void Parquet_StructsAndNullsAndLists_ReadOrNamed()
    {
        var prompts = Datasets.Prompts(new DatasetFile(Repository.Fixture("datasets", "real-toxicity-prompts.parquet")), Token);
        var report = DatasetInspection.Inspect(
            new DatasetFile(Repository.Fixture("datasets", "null-text.parquet")), DatasetKind.Comments, TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Range(1, 120).Select(i => $"prompt {i}"), prompts);
        Assert.Equal((17, "text"), (report.Problem!.Row, report.Problem.Column));
        Assert.Equal("row 17: column 'text' is missing; expected a text", report.Problem.Message);
    }

    [Fact]
    public void TextCorpus_ParquetRows_JoinedByABlankLine()
    {
        string text = Datasets.TextCorpus(new DatasetFile(Repository.Fixture("datasets", "wikitext.parquet")), Token);

        Assert.Equal(string.Join("\n\n", Enumerable.Range(0, 60).Select(i => i % 3 == 0 ? string.Empty : $" = line {i} = \n")), text);
    }

    [Fact]
    public void Comments_QuotesLineBreaksAndByteOrderMark_ReadAsSpreadsheetsWriteThem()
    {
        string path = scratch.Write("c.csv", "\uFEFFid;comment_text;toxic\r\n1;\"two\nlines; \"\"quoted\"\"\";1\r\n2;he said \"no\";0\r\n\r\n");

        var comments = Datasets.Comments(new DatasetFile(path), Token);

        Assert.Equal([new Comment("two\nlines; \"quoted\"", 1), new Comment("he said \"no\"", 0)], comments);
    }

    [Fact]
    public void Comments_GivenColumnsAndLimit_Kept()
    {
        string path = scratch.Write("c.csv", "toxic,body,score\n1,a,0.25\n0,b,0.75\n0,c,maybe\n");

        var comments = Datasets.Comments(new DatasetFile(path, new Dictionary<string, string> { ["text"] = "body", ["label"] = "score" }, 2), Token);

        Assert.Equal([new Comment("a", 0.25), new Comment("b", 0.75)], comments);
    }

    [Theory]
    [InlineData(1, "one\r\n")]
    [InlineData(3, "one\r\n\nthree\n")]
    [InlineData(4, "one\r\n\nthree\nlast")]
    [InlineData(9, "one\r\n\nthree\nlast")]
    public void TextCorpus_PlainTextWithALimit_CutAfterSoManyLines(int limit, string expected)
    {
        string path = scratch.Write("t.txt", "one\r\n\nthree\nlast");

        Assert.Equal(expected, Datasets.TextCorpus(new DatasetFile(path, Limit: limit), Token));
    }

    [Fact]
    public void Upload_WithoutExtension_FormatSeenInTheBytes()
    {
        string lines = scratch.Write("0a1b", """{"prompt":"p","chosen":"c","rejected":"r"}""");
        string csv = scratch.Write("2c3d", "prompt,chosen,rejected\np,c,r\n");
        string parquet = scratch.Write("4e5f", File.ReadAllBytes(Repository.Fixture("datasets", "comments.parquet")));
        string plain = scratch.Write("6789", "Just a text, with a comma.\n");

        Assert.Equal([new PreferencePair("p", "c", "r")], Datasets.PreferencePairs(new DatasetFile(lines), Token));
        Assert.Equal([new PreferencePair("p", "c", "r")], Datasets.PreferencePairs(new DatasetFile(csv), Token));
        Assert.Equal(300, Datasets.Comments(new DatasetFile(parquet), Token).Count);
        Assert.Equal("Just a text, with a comma.\n", Datasets.TextCorpus(new DatasetFile(plain), Token));
    }
}
