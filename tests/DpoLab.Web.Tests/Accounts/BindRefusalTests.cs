using DpoLab.Web.Accounts;
using Microsoft.Extensions.Configuration;

namespace DpoLab.Web.Tests.Accounts;

public sealed class BindRefusalTests
{
    [Theory]
    [InlineData("http://127.0.0.1:5080")]
    [InlineData("http://localhost:5080")]
    [InlineData("http://[::1]:5080")]
    [InlineData("http://127.0.0.1:5080;http://localhost:5081")]
    public void Reason_LoopbackWithoutAccounts_MayStart(string urls) => Assert.Null(BindRefusal.Reason(urls.Split(';'), accounts: false));

    [Theory]
    [InlineData("http://0.0.0.0:5080")]
    [InlineData("http://*:5080")]
    [InlineData("http://+:5080")]
    [InlineData("http://[::]:5080")]
    [InlineData("http://192.168.1.7:5080")]
    [InlineData("http://lab.example.org:5080")]
    [InlineData("http://127.0.0.1:5080;http://10.0.0.1:5080")]
    public void Reason_OtherAddressWithoutAccounts_IsRefusedWithTheRemedy(string urls)
    {
        string? reason = BindRefusal.Reason(urls.Split(';'), accounts: false);

        Assert.NotNull(reason);
        Assert.Contains("Lab:Accounts=true", reason, StringComparison.Ordinal);
        Assert.Null(BindRefusal.Reason(urls.Split(';'), accounts: true));
    }

    [Theory]
    [InlineData("urls", "http://0.0.0.0:1", "http://0.0.0.0:1")]
    [InlineData("http_ports", "8080", "http://*:8080")]
    [InlineData("Kestrel:Endpoints:Lab:Url", "http://*:9", "http://*:9")]
    public void Configured_EachWayToSayIt_IsSeen(string key, string value, string address)
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create(key, (string?)value)]).Build();

        Assert.Equal([address], BindRefusal.Configured(configuration));
    }

    [Fact]
    public void Build_OpenAddressWithoutAccounts_Refuses() =>
        Assert.Throws<StartRefusedException>(() => LabHost.Build(["--urls", "http://0.0.0.0:0"]));
}
