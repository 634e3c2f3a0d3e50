namespace Framegate.Proxy.Storage;

/// <summary>
/// The newest changes of generations, in two files that take turns. A record that has been appended survives the death of the process;
/// one that has been flushed survives the loss of power as well. Appending copies memory; all that wait for the disk at the same time
/// share one flush.
/// </summary>
/// <remarks>SQLite takes the records over in large batches (<see cref="RowWriter"/>); the journal is only read again after a crash.</remarks>
internal sealed class Journal : IDisposable
{
    private readonly Lock _lock = new();
    private readonly JournalFile[] _files;
    private readonly Thread _flusher;

    // Does not spin: that would take the processor from those it waits for.
    private readonly ManualResetEventSlim _wake = new(false, spinCount: 0);
    private List<FlushWaiter> _waiters = [];
    private volatile JournalFile _active;
    private volatile bool _stopping;

    /// <summary>Opens the files, creating them where they do not exist.</summary>
    /// <param name="folder">The data folder.</param>
    /// <exception cref="IOException">There is no room for them.</exception>
    public Journal(string folder)
    {
        _files = [new JournalFile(Path.Combine(folder, "journal-0")), new JournalFile(Path.Combine(folder, "journal-1"))];
        _active = _files[0];

        // A thread of its own: waiting for the disk on a pool thread would take one of the few that serve requests.
        _flusher = new Thread(Run) { IsBackground = true, Name = "Framegate journal" };
        _flusher.Start();
    }

    /// <summary>True when it is time to turn to the other file.</summary>
    public bool IsFilling => _active.Length > JournalFile.Capacity / 2;

    /// <summary>What a process before this one has left, oldest first.</summary>
    public IEnumerable<byte[]> Read() => _files.OrderBy(f => f.Sequence).SelectMany(f => f.Read());

    /// <summary>Forgets what <see cref="Read"/> gives, and makes ready for the first record.</summary>
    public void Begin()
    {
        var next = _files.Max(f => f.Sequence) + 1;
        foreach (var file in _files.OrderBy(f => f.Sequence))
        {
            file.Begin(next++);
            file.Flush();
            _active = file;
        }
    }

    /// <summary>Writes a record.</summary>
    /// <param name="frame">Room for the header of a frame, and the payload.</param>
    /// <returns>The file it is in, for <see cref="FlushAsync"/>; null when there is no room for it at the moment.</returns>
    public JournalFile? Append(Span<byte> frame)
    {
        while (true)
        {
            var file = _active;
            file.Enter();
            try
            {
                if (file != _active)
                {
                    continue;
                }

                if (!file.TryAppend(frame))
                {
                    return null;
                }
            }
            finally
            {
                file.Leave();
            }

            return file;
        }
    }

    /// <summary>Waits until what has been appended to a file cannot be lost even with the power.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="IOException">The disk did not take it.</exception>
    public Task FlushAsync(JournalFile file)
    {
        var waiter = new FlushWaiter(file);
        lock (_lock)
        {
            _waiters.Add(waiter);
        }

        _wake.Set();
        return waiter.Task;
    }

    /// <summary>Turns to the other file.</summary>
    /// <returns>The file written so far.</returns>
    public JournalFile Rotate()
    {
        var full = _active;
        var other = _files[0] == full ? _files[1] : _files[0];
        other.Begin(full.Sequence + 1);
        _active = other;
        return full;
    }

    /// <summary>Whether the other file may be used anew: everything in it is elsewhere, and nobody is still at it.</summary>
    public bool CanRotate => (_files[0] == _active ? _files[1] : _files[0]).IsQuiet;

    public void Dispose()
    {
        _stopping = true;
        _wake.Set();
        _flusher.Join();
        _wake.Dispose();
        foreach (var file in _files)
        {
            file.Dispose();
        }
    }

    private void Run()
    {
        while (!_stopping)
        {
            WaitForWork();
            Flush();
        }
    }

    /// <summary>Until somebody waits for the disk.</summary>
    private void WaitForWork()
    {
        _wake.Reset();
        if (HasNoWaiters() && !_stopping)
        {
            _wake.Wait();
        }
    }

    private bool HasNoWaiters()
    {
        lock (_lock)
        {
            return _waiters.Count == 0;
        }
    }

    private void Flush()
    {
        List<FlushWaiter> waiters;
        lock (_lock)
        {
            (waiters, _waiters) = (_waiters, []);
        }

        try
        {
            var active = _active;
            active.Flush();
            if (waiters.Exists(w => w.File != active))
            {
                // Appended just before the files took turns.
                (_files[0] == active ? _files[1] : _files[0]).Flush();
            }
        }
        catch (IOException e)
        {
            FlushWaiter.Resume(waiters, e);
            return;
        }

        FlushWaiter.Resume(waiters, null);
    }
}
