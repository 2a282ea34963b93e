using DpoLab.Compute.Downloads;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Tests.Downloads;

public sealed class WantedFilesTests
{
    [Fact]
    public void OfModel_ManyFiles_TakesWhatTheLabReads()
    {
        var repository = Of(".gitattributes", "README.md", "config.json", "model.safetensors", "model.fp16.safetensors", "pytorch_model.bin", "tokenizer.json", "vocab.json", "onnx/model.onnx", "onnx/config.json", "LICENSE");

        Assert.Equal(["config.json", "tokenizer.json", "vocab.json", "LICENSE", "model.safetensors"], WantedFiles.OfModel(repository).Select(f => f.Path));
    }

    [Fact]
    public void OfModel_Shards_TakesIndexAndShards()
    {
        var repository = Of("config.json", "model.safetensors.index.json", "model-00002-of-00002.safetensors", "model-00001-of-00002.safetensors", "original/consolidated.00.pth");

        Assert.Equal(
            ["config.json", "model.safetensors.index.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"],
            WantedFiles.OfModel(repository).Select(f => f.Path));
    }

    [Theory]
    [InlineData("config.json,pytorch_model.bin", ".bin (pickle) files")]
    [InlineData("config.json,README.md", "no model.safetensors")]
    [InlineData("model.gguf", "no config.json")]
    [InlineData("adapter_config.json,adapter_model.safetensors", "is a LoRA adapter")]
    public void OfModel_OtherKinds_AreRefusedByName(string files, string reason)
    {
        var refused = Assert.Throws<DownloadException>(() => WantedFiles.OfModel(Of(files.Split(','))));

        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("data/train.jsonl,README.md,image.png", null, "data/train.jsonl")]
    [InlineData("a.csv,b.csv", "b.csv", "b.csv")]
    public void OfDataset_OneOrChosen_IsTaken(string files, string? chosen, string expected) =>
        Assert.Equal(expected, WantedFiles.OfDataset(Of(files.Split(',')), chosen, DatasetKind.Comments).Path);

    [Theory]
    [InlineData("a.csv,b.parquet", null, "a.csv, b.parquet")]
    [InlineData("a.csv", "c.csv", "a.csv")]
    [InlineData("script.py", null, "convert it")]
    public void OfDataset_NoneOrSeveral_NamesTheChoices(string files, string? chosen, string reason)
    {
        var refused = Assert.Throws<DownloadException>(() => WantedFiles.OfDataset(Of(files.Split(',')), chosen, DatasetKind.Comments));

        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openai-community/gpt2", true)]
    [InlineData("gpt2", true)]
    [InlineData("../etc", false)]
    [InlineData("a/b/c", false)]
    [InlineData("a/..", false)]
    [InlineData("a/.hidden", false)]
    [InlineData("a b/c", false)]
    [InlineData("/a", false)]
    [InlineData("", false)]
    public void IsRepository_Id_OnlyWhatCanNameAFolder(string id, bool expected) => Assert.Equal(expected, HubNames.IsRepository(id));

    [Theory]
    [InlineData("data/train.jsonl", true)]
    [InlineData("../../etc/passwd", false)]
    [InlineData("a/../b", false)]
    [InlineData("/etc/passwd", false)]
    [InlineData("a\\b", false)]
    [InlineData(".ssh/key", false)]
    [InlineData("a//b", false)]
    public void IsPath_Name_OnlyWhatStaysInside(string path, bool expected) => Assert.Equal(expected, HubNames.IsPath(path));

    private static HubRepository Of(params string[] files) =>
        new("some-lab/small", IsDataset: false, new string('a', 40), Licence: null, [.. files.Select(path => new HubFile(path, 10, null, new string('b', 40)))]);
}
