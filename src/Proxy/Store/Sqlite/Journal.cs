namespace Framegate.Proxy.Store.Sqlite;

/// <summary>
/// The newest changes of generations, in two files that take turns. All records that arrive while the disk is busy are written and flushed
/// together, so that the cost of durability is paid per batch and not per change.
/// </summary>
/// <remarks>SQLite takes the records over in large batches (<see cref="RowWriter"/>); the journal is only read again after a crash.</remarks>
internal sealed class Journal : IDisposable
{
    /// <summary>From so many at once on, a flush waits a moment for more of them: the disk costs the same for one and for a hundred. What is
    /// there already is written meanwhile, so that it outlives the process.</summary>
    private const int Crowd = 8;

    /// <summary>So many are enough not to wait any longer.</summary>
    private const int Plenty = 32;
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private readonly Lock _lock = new();

    // Held while a file is written, and while the files take turns.
    private readonly Lock _writing = new();
    private readonly JournalFile[] _files;
    private readonly Thread _flusher;

    // Does not spin: that would take the processor from those it waits for.
    private readonly ManualResetEventSlim _wake = new(false, spinCount: 0);
    private JournalBatch _filling = new();
    private JournalBatch _spare = new();

    // So many who wait wake the flusher.
    private int _enough = 1;

    // The flusher's alone: their records are written, and not flushed yet.
    private readonly List<FlushWaiter> _unflushed = [];
    private JournalFile _active;
    private volatile bool _stopping;
    private bool _closed;

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
    public bool IsFilling => Volatile.Read(ref _active).Length > JournalFile.Capacity / 2;

    /// <summary>What a process before this one has left, oldest first.</summary>
    public IEnumerable<byte[]> Read() => _files.OrderBy(f => f.Sequence).SelectMany(f => f.Read());

    /// <summary>Forgets what <see cref="Read"/> gives, and makes ready for the first record.</summary>
    public void Begin()
    {
        lock (_writing)
        {
            var next = _files.Max(f => f.Sequence) + 1;
            foreach (var file in _files.OrderBy(f => f.Sequence).ToList())
            {
                file.Begin(next++);
                file.Flush();
                _active = file;
            }
        }
    }

    /// <summary>Writes a record, and waits until it cannot be lost even with the power.</summary>
    /// <param name="frame">Room for the header of a frame, and the payload.</param>
    /// <returns>False when there is no room for it at the moment.</returns>
    /// <exception cref="IOException">The disk did not take it.</exception>
    public Task<bool> AppendAsync(Span<byte> frame)
    {
        JournalFile.Seal(frame);
        var waiter = new FlushWaiter();
        bool enough;
        lock (_lock)
        {
            if (_closed || !_filling.TryAdd(frame))
            {
                return Task.FromResult(false);
            }

            _filling.Waiters.Add(waiter);
            enough = _filling.Waiters.Count == _enough;
        }

        if (enough)
        {
            _wake.Set();
        }

        return waiter.Task;
    }

    /// <summary>Turns to the other file, whose records must all be elsewhere by now.</summary>
    public void Rotate()
    {
        lock (_writing)
        {
            var (full, other) = _active == _files[0] ? (_files[0], _files[1]) : (_files[1], _files[0]);
            other.Begin(full.Sequence + 1);
            _active = other;
        }
    }

    /// <summary>Takes no more records: there is no room for any from here on, so that changes go elsewhere.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
        }
    }

    public void Dispose()
    {
        Close();
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
        var crowded = false;
        while (!_stopping)
        {
            WaitFor(1, Timeout.InfiniteTimeSpan);
            Write();
            if (crowded)
            {
                WaitFor(Math.Max(Plenty - _unflushed.Count, 1), Moment);
                Write();
            }

            crowded = Flush() >= Crowd;
        }

        Write();
        Flush();
    }

    /// <summary>Until so many have come.</summary>
    private void WaitFor(int waiters, TimeSpan atMost)
    {
        _wake.Reset();
        if (!AreThere(waiters) && !_stopping)
        {
            _wake.Wait(atMost);
        }
    }

    private bool AreThere(int waiters)
    {
        lock (_lock)
        {
            _enough = waiters;
            return _filling.Waiters.Count >= waiters;
        }
    }

    /// <summary>Hands what has come together to the system.</summary>
    private void Write()
    {
        JournalBatch batch;
        lock (_lock)
        {
            (batch, _filling, _spare) = (_filling, _spare, _filling);
        }

        if (batch.Waiters.Count == 0)
        {
            return;
        }

        var written = false;
        Exception? failure = null;
        try
        {
            lock (_writing)
            {
                written = _active.TryWrite(batch.Frames);
            }
        }
        catch (Exception e)
        {
            failure = e;
        }

        if (written)
        {
            _unflushed.AddRange(batch.Waiters);
        }
        else
        {
            FlushWaiter.Resume(batch.Waiters, written: false, failure);
        }

        batch.Clear();
    }

    /// <summary>Has the disk take what was written.</summary>
    /// <returns>How many waited for it.</returns>
    private int Flush()
    {
        var waiters = _unflushed.Count;
        if (waiters == 0)
        {
            return 0;
        }

        Exception? failure = null;
        try
        {
            lock (_writing)
            {
                // Both: the files may have taken turns meanwhile.
                foreach (var file in _files)
                {
                    file.Flush();
                }
            }
        }
        catch (Exception e)
        {
            failure = e;
        }

        FlushWaiter.Resume(_unflushed, written: true, failure);
        _unflushed.Clear();
        return waiters;
    }
}
