namespace DpoLab.Compute.Hosting;

/// <summary>A device that runs leave alone until one of them needs it.</summary>
/// <param name="slot">As runs have it: <c>cpu</c>, <c>cuda:0</c>, …</param>
/// <param name="giveUp">Called when a run is about to start there; the device is free when it returns.</param>
internal sealed class DeviceLoan(string slot, Action<DeviceLoan> giveUp)
{
    private volatile bool taken;

    public string Slot => slot;

    /// <summary>A run has it now.</summary>
    public bool IsTaken => taken;

    /// <summary>Gives it to a run.</summary>
    public void Take()
    {
        taken = true;
        giveUp(this);
    }
}
