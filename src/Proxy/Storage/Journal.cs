namespace Framegate.Proxy.Storage;

/// <summary>
/// The newest changes of generations, in two files that take turns. A record that has been appended survives the death of the process;
/// one that has been flushed survives the loss of power as well. Appending costs one system call and no wait, and all that wait for
/// the disk at the same time share one flush, which is what makes a durable generation cheap.
/// </summary>
/// <remarks>SQLite takes the records over in large batches (<see cref="RowWriter"/>); the journal is only read again after a crash.</remarks>
internal sealed class Journal : IDisposable
{
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(5);
    private readonly Lock _lock = new();
    private readonly JournalFile[] _files;
    private readonly Thread _flusher;
    // Does not spin: that would take the processor from those it waits for.
    private readonly ManualResetEventSlim _wake = new(false, spinCount: 0);
    private List<Waiter> _waiters = [];
    private JournalFile _active;
    private long _tail;
    private long _flushed;
    private volatile bool _idle;
    private volatile bool _stopping;
    private volatile IOException? _damage;

    /// <summary>Opens the files, creating them where they do not exist.</summary>
    /// <param name="folder">The data folder.</param>
    public Journal(string folder)
    {
        _files = [new JournalFile(Path.Combine(folder, "journal-0")), new JournalFile(Path.Combine(folder, "journal-1"))];
        _active = _files.MaxBy(f => f.Sequence)!;

        // A thread of its own: waiting for the disk on a pool thread would take one of the few that serve requests.
        _flusher = new Thread(Run) { IsBackground = true, Name = "Framegate journal" };
        _flusher.Start();
    }

    /// <summary>The size of the file that is written, bytes.</summary>
    public long Size => _active.Length;

    /// <summary>What a process before this one has left, oldest first. To be read before anything is appended.</summary>
    public IEnumerable<byte[]> Read() => _files.OrderBy(f => f.Sequence).SelectMany(f => f.Read());

    /// <summary>Writes a record.</summary>
    /// <returns>Its position, for <see cref="FlushAsync"/>.</returns>
    /// <exception cref="IOException">The disk is full or broken; the record is not there.</exception>
    public long Append(ReadOnlySpan<byte> frame)
    {
        long position;
        lock (_lock)
        {
            _active.Append(frame);
            position = _tail += frame.Length;
        }

        if (_idle)
        {
            _wake.Set();
        }

        return position;
    }

    /// <summary>Waits until a record cannot be lost even with the power.</summary>
    /// <param name="position">The record's; that of the last one when null.</param>
    /// <exception cref="IOException">The disk did not take it.</exception>
    public ValueTask FlushAsync(long? position = null)
    {
        var wanted = position ?? Volatile.Read(ref _tail);
        if (wanted <= Volatile.Read(ref _flushed))
        {
            return ValueTask.CompletedTask;
        }

        if (_damage is { } damage)
        {
            return ValueTask.FromException(damage);
        }

        var waiter = new Waiter();
        lock (_lock)
        {
            _waiters.Add(waiter);
        }

        _wake.Set();
        return new ValueTask(waiter.Task);
    }

    /// <summary>Turns to the other file, when that one is empty.</summary>
    /// <returns>The file written so far, to be emptied once its records are elsewhere; null when the other one is still in use.</returns>
    public JournalFile? Rotate()
    {
        lock (_lock)
        {
            var other = _files[0] == _active ? _files[1] : _files[0];
            if (!other.IsEmpty)
            {
                return null;
            }

            var full = _active;
            if (_damage is null)
            {
                full.Flush();
            }

            other.Begin(full.Sequence + 1);
            _active = other;
            Volatile.Write(ref _flushed, _tail);
            _damage = null;
            return full;
        }
    }

    /// <summary>Forgets everything; for when all of it is elsewhere and nothing is appended any more.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            foreach (var file in _files.OrderBy(f => f.Sequence))
            {
                file.Clear();
            }
        }
    }

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
            _wake.Reset();
            Flush();
        }
    }

    /// <summary>Until somebody waits for the disk; a record that nobody waits for goes there soon after.</summary>
    private void WaitForWork()
    {
        if (Volatile.Read(ref _tail) == Volatile.Read(ref _flushed) || _damage is not null)
        {
            _idle = true;
            Interlocked.MemoryBarrier();
            if (Volatile.Read(ref _tail) == Volatile.Read(ref _flushed) || _damage is not null)
            {
                _wake.Wait();
            }

            _idle = false;
        }

        if (HasNoWaiters())
        {
            _wake.Reset();
            if (HasNoWaiters() && !_stopping)
            {
                _wake.Wait(Gather);
            }
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
        List<Waiter> waiters;
        JournalFile file;
        long tail;
        lock (_lock)
        {
            (waiters, _waiters) = (_waiters, []);
            (file, tail) = (_active, _tail);
        }

        try
        {
            if (tail > Volatile.Read(ref _flushed) && _damage is null)
            {
                file.Flush();
                Advance(file, tail);
            }
        }
        catch (IOException e)
        {
            // What the system still had in memory may be gone for good, so this file is not trusted again.
            _damage = e;
        }

        Waiter.Resume(waiters, _damage);
    }

    private void Advance(JournalFile file, long tail)
    {
        lock (_lock)
        {
            if (file == _active && tail > _flushed)
            {
                Volatile.Write(ref _flushed, tail);
            }
        }
    }

    /// <summary>Somebody who waits for the disk.</summary>
    private sealed class Waiter : TaskCompletionSource
    {
        /// <summary>Lets them go on, in as many groups as there are processors: to queue each for itself would cost more than most have to do.</summary>
        public static void Resume(List<Waiter> waiters, IOException? damage)
        {
            var groups = Math.Min(waiters.Count, Environment.ProcessorCount);
            for (var g = 0; g < groups; g++)
            {
                ThreadPool.UnsafeQueueUserWorkItem(new Group(waiters, g, groups, damage), preferLocal: false);
            }
        }

        private sealed class Group(List<Waiter> waiters, int first, int step, IOException? damage) : IThreadPoolWorkItem
        {
            public void Execute()
            {
                for (var i = first; i < waiters.Count; i += step)
                {
                    if (damage is null)
                    {
                        waiters[i].TrySetResult();
                    }
                    else
                    {
                        waiters[i].TrySetException(damage);
                    }
                }
            }
        }
    }
}
