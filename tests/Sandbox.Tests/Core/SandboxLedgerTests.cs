namespace Framegate.Sandbox.Tests.Core;

public class SandboxLedgerTests
{
    [Fact]
    public void Add_MoreThanItHolds_DropsTheOldestButCountsThem()
    {
        var ledger = new SandboxLedger();
        for (var i = 0; i < SandboxLedger.Capacity + 5; i++)
        {
            ledger.Add(new LedgerEntry("flux", "m", "", $"{i}", default));
        }

        Assert.Equal(SandboxLedger.Capacity, ledger.Read().Count);
        Assert.Equal("5", ledger.Read()[0].NativeId);
        Assert.Equal(SandboxLedger.Capacity + 5, ledger.Total);
    }
}
