namespace DpoLab.Compute.Hosting;

/// <content>Lends a device to what is no run: the Playground's models. A run that needs it takes it back.</content>
internal sealed partial class RunSupervisor
{
    private readonly Dictionary<string, DeviceLoan> loans = new(StringComparer.Ordinal);

    /// <summary>Lends a device that no run has or waits for.</summary>
    /// <param name="giveUp">Called with the supervisor's gate held when a run is about to start on it: must not call back.</param>
    /// <param name="run">The run that has it where there is none to lend.</param>
    /// <returns>Null: none is free.</returns>
    /// <exception cref="InputException">This service has no device of its own.</exception>
    public DeviceLoan? Borrow(Action<DeviceLoan> giveUp, out string? run)
    {
        lock (gate)
        {
            if (executor is not LocalExecutor)
                throw new InputException("This compute service hands its runs to a cluster and keeps no device for itself, so models cannot stay loaded on it. Choose a pair of another service.");
            run = null;
            var busy = InState(PlaceState.Running).Where(r => !r.Place.NeedsNoDevice).ToList();
            string? free = executor.Slots.Except(busy.Select(r => r.Place.Device)).Except(loans.Keys).FirstOrDefault();
            if (free is not null && !InState(PlaceState.Waiting).Any(r => !r.Place.NeedsNoDevice))
                return loans[free] = new DeviceLoan(free, giveUp);
            run = busy.Select(r => r.Directory.Id).FirstOrDefault();
            return null;
        }
    }

    /// <summary>Ends a loan; one that a run has ended already is no error.</summary>
    public void Return(DeviceLoan loan)
    {
        lock (gate)
        {
            if (ReferenceEquals(loans.GetValueOrDefault(loan.Slot), loan))
                loans.Remove(loan.Slot);
        }
    }

    private void TakeBack(string slot)
    {
        if (loans.Remove(slot, out var loan))
            loan.Take();
    }
}
