using System.Text.Json.Nodes;
using DpoLab.Compute.Checkpoints;
using DpoLab.Compute.Tests.Models;

namespace DpoLab.Compute.Tests.Checkpoints;

public sealed class CheckpointFolderTests
{
    [Theory]
    [InlineData("../outside.safetensors")]
    [InlineData("/etc/outside.safetensors")]
    [InlineData("sub/outside.safetensors")]
    [InlineData("..\\outside.safetensors")]
    [InlineData("model.bin")]
    [InlineData("")]
    public void Open_IndexThatLeavesTheFolder_IsRefused(string shard)
    {
        using var folder = ShardedCopy(map => map["lm_head.weight"] = shard);
        var error = Assert.Throws<CheckpointException>(() => CheckpointFolder.Open(folder.Path));
        Assert.Contains($"'{shard}'", error.Message, StringComparison.Ordinal);
        Assert.Equal("lm_head.weight", error.Tensor);
    }

    [Fact]
    public void Open_ShardsMissing_NamesThem()
    {
        using var folder = ShardedCopy(_ => { });
        File.Delete(folder.File("model-00003-of-00008.safetensors"));
        File.Delete(folder.File("model-00007-of-00008.safetensors"));
        var error = Assert.Throws<CheckpointException>(() => CheckpointFolder.Open(folder.Path));
        Assert.Contains("lacks 2 of its weight files: model-00003-of-00008.safetensors, model-00007-of-00008.safetensors", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_IndexNamesATensorThatItsShardLacks_IsRefused()
    {
        using var folder = ShardedCopy(map => map["lm_head.bias"] = "model-00001-of-00008.safetensors");
        Assert.Equal("lm_head.bias", Assert.Throws<CheckpointException>(() => CheckpointFolder.Open(folder.Path)).Tensor);
    }

    [Theory, InlineData("{}"), InlineData("[]"), InlineData("{\"weight_map\": 3}"), InlineData("{\"weight_map\": {\"a\": 3}}"), InlineData("nonsense")]
    public void Open_BrokenIndex_IsRefused(string json)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File(CheckpointFolder.IndexFile), json);
        Assert.Contains(CheckpointFolder.IndexFile, Assert.Throws<CheckpointException>(() => CheckpointFolder.Open(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_OnlyPickledWeights_SaysWhyTheyAreNotRead()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("pytorch_model.bin"), "");
        Assert.Contains("convert", Assert.Throws<CheckpointException>(() => CheckpointFolder.Open(folder.Path)).Message, StringComparison.Ordinal);
    }

    private static TemporaryFolder ShardedCopy(Action<JsonObject> change)
    {
        var folder = new TemporaryFolder();
        foreach (var file in Directory.EnumerateFiles(DecoderFixture.ModelFolder("llama31")))
            File.Copy(file, folder.File(Path.GetFileName(file)));
        var index = JsonNode.Parse(File.ReadAllText(folder.File(CheckpointFolder.IndexFile)))!.AsObject();
        change(index["weight_map"]!.AsObject());
        File.WriteAllText(folder.File(CheckpointFolder.IndexFile), index.ToJsonString());
        return folder;
    }
}
