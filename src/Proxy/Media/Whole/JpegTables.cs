namespace Framegate.Proxy.Media.Whole;

/// <summary>The tables of a JPEG, and what a scan makes of them. Nothing is decoded to colours: a scan is only walked, to know whether it has as many blocks as the picture.</summary>
internal sealed class JpegTables
{
    private readonly Dictionary<int, (int Across, int Down)> _sampling = [];
    private readonly Code?[] _codes = new Code?[8];
    private readonly List<(int Component, int Direct, int Alternating)> _scan = [];
    private int _width, _height, _interval, _first, _last, _approximation;
    private bool _isSequential, _isProgressive;

    /// <summary>Whether the scan can be walked: all components of a plain picture, or what a progressive one writes of it. An AC scan that refines needs what came before, and cannot.</summary>
    public bool CanCount => _height > 0 && _width > 0 && _scan.Count > 0 && _scan.TrueForAll(c => _sampling.ContainsKey(c.Component))
        && ((_isSequential && _scan.Count == _sampling.Count && _first == 0 && _last == 63) || (_isProgressive && (_first == 0 ? _last == 0 : _scan.Count == 1 && IsFirstPass && _last is > 0 and < 64)))
        && _scan.TrueForAll(c => (!HasDirect || _codes[c.Direct] is not null) && (!HasAlternating || _codes[4 + c.Alternating] is not null));

    private bool IsFirstPass => _approximation >> 4 == 0;

    private bool HasDirect => _first == 0 && IsFirstPass;

    private bool HasAlternating => _last > 0;

    /// <summary>Whether zeros are how this scan encodes "nothing changes here", as in a plain picture.</summary>
    public bool ZerosArePlain => _scan.Count == 0 || _scan.Exists(c =>
        _first == 0 ? !IsFirstPass || _codes[c.Direct] is null or { OfZeros: 0 } : _codes[4 + c.Alternating] is not { } code || (code.OfZeros & 15) == 0);

    /// <summary>Takes a segment.</summary>
    public void Take(int marker, ReadOnlySpan<byte> segment)
    {
        switch (marker)
        {
            case 0xc4:
                TakeCodes(segment);
                break;
            case 0xdd when segment.Length >= 2:
                _interval = (segment[0] << 8) | segment[1];
                break;
            case 0xda when segment.Length > 0 && segment.Length >= 4 + (segment[0] * 2):
                TakeScan(segment);
                break;
            case 0xc0 or 0xc1 or 0xc2 when segment.Length >= 6 && segment.Length >= 6 + (segment[5] * 3):
                (_isSequential, _isProgressive) = (marker != 0xc2 && segment[0] == 8, marker == 0xc2);
                (_height, _width) = ((segment[1] << 8) | segment[2], (segment[3] << 8) | segment[4]);
                for (var i = 0; i < segment[5]; i++)
                {
                    _sampling[segment[6 + (i * 3)]] = (segment[7 + (i * 3)] >> 4, segment[7 + (i * 3)] & 15);
                }

                break;
        }
    }

    /// <summary>Walks a scan.</summary>
    /// <returns>Whether it has as many blocks as the picture, and ends with the last one.</returns>
    public bool CountsAll(ReadOnlySpan<byte> data)
    {
        var (across, down) = (_sampling.Values.Max(s => s.Across), _sampling.Values.Max(s => s.Down));
        if (across == 0 || down == 0)
        {
            return true;
        }

        // A scan of one component has its blocks in plain order, and none but those of the picture.
        var isAlone = _scan.Count == 1;
        var own = _sampling[_scan[0].Component];
        var units = isAlone ? (long)Blocks(_width, own.Across, across) * Blocks(_height, own.Down, down)
            : (long)((_width + (8 * across) - 1) / (8 * across)) * ((_height + (8 * down) - 1) / (8 * down));
        var bits = new Bits(data);
        var empty = 0;
        for (long unit = 0; unit < units; unit++)
        {
            if (_interval > 0 && unit > 0 && unit % _interval == 0)
            {
                empty = 0;
                if (!bits.Restart())
                {
                    return false;
                }
            }

            foreach (var (component, direct, alternating) in _scan)
            {
                var (h, v) = _sampling[component];
                for (var block = isAlone ? 1 : h * v; block > 0; block--)
                {
                    if (!WalkBlock(ref bits, _codes[direct], _codes[4 + alternating], ref empty))
                    {
                        return false;
                    }
                }
            }
        }

        return bits.IsAtEnd;
    }

    private static int Blocks(int pixels, int own, int most) => (((pixels * own) + most - 1) / most + 7) / 8;

    private bool WalkBlock(ref Bits bits, Code? direct, Code? alternating, ref int empty)
    {
        if (!HasAlternating && !HasDirect)
        {
            return bits.Skip(1); // One bit more of what an earlier scan has sent.
        }

        if (HasDirect && (direct!.Read(ref bits) is not (>= 0 and <= 16 and var size) || !bits.Skip(size)))
        {
            return false;
        }

        if (empty > 0)
        {
            empty--;
            return true;
        }

        for (var at = Math.Max(1, _first); HasAlternating && at <= _last; at++)
        {
            var symbol = alternating!.Read(ref bits);
            if (symbol < 0)
            {
                return false;
            }

            var (zeros, length) = (symbol >> 4, symbol & 15);
            if (length == 0 && _isProgressive && zeros < 15)
            {
                // This block ends, and so many after it are empty.
                if (!bits.TryTake(zeros, out var more))
                {
                    return false;
                }

                empty = (1 << zeros) + more - 1;
                break;
            }

            if (symbol == 0)
            {
                break;
            }

            if (!bits.Skip(length))
            {
                return false;
            }

            at += zeros;
        }

        return true;
    }

    private void TakeCodes(ReadOnlySpan<byte> segment)
    {
        while (segment.Length >= 17)
        {
            var place = segment[0];
            var counts = segment[1..17];
            var sum = 0;
            foreach (var count in counts)
            {
                sum += count;
            }

            if (segment.Length < 17 + sum)
            {
                return;
            }

            _codes[(((place >> 4) & 1) * 4) + (place & 3)] = new Code(counts, segment.Slice(17, sum).ToArray());
            segment = segment[(17 + sum)..];
        }
    }

    private void TakeScan(ReadOnlySpan<byte> segment)
    {
        _scan.Clear();
        var count = segment[0];
        for (var i = 0; i < count; i++)
        {
            _scan.Add((segment[1 + (i * 2)], (segment[2 + (i * 2)] >> 4) & 3, segment[2 + (i * 2)] & 3));
        }

        (_first, _last, _approximation) = (segment[1 + (count * 2)], segment[2 + (count * 2)], segment[3 + (count * 2)]);
    }

    /// <summary>One table of codes (ISO 10918-1, annex F).</summary>
    private sealed class Code
    {
        private readonly byte[] _symbols;
        private readonly int[] _least = new int[17];
        private readonly int[] _most = new int[17];
        private readonly int[] _at = new int[17];

        public Code(ReadOnlySpan<byte> counts, byte[] symbols)
        {
            _symbols = symbols;
            var (code, index) = (0, 0);
            for (var length = 1; length <= 16; length++)
            {
                var count = counts[length - 1];
                (_least[length], _most[length], _at[length]) = (code, code + count - 1, index);
                code = (code + count) << 1;
                index += count;
            }
        }

        /// <summary>What zeros mean; -1 for nothing.</summary>
        public int OfZeros => _symbols.Length == 0 ? -1 : _symbols[0];

        /// <summary>The next symbol; -1 for none.</summary>
        public int Read(ref Bits bits)
        {
            var code = 0;
            for (var length = 1; length <= 16; length++)
            {
                var bit = bits.Next();
                if (bit < 0)
                {
                    return -1;
                }

                code = (code << 1) | bit;
                if (code <= _most[length] && code >= _least[length])
                {
                    return _symbols[_at[length] + code - _least[length]];
                }
            }

            return -1;
        }
    }

    /// <summary>The bits of a scan.</summary>
    private ref struct Bits(ReadOnlySpan<byte> data)
    {
        private readonly ReadOnlySpan<byte> _data = data;
        private int _at;
        private int _current;
        private int _left;

        /// <summary>Whether nothing comes any more but what fills up the last byte, and a byte or two of a sloppy writer.</summary>
        public readonly bool IsAtEnd => _data.Length - _at <= 4;

        /// <summary>The next bit; -1 at the end, and before a mark.</summary>
        public int Next()
        {
            if (_left == 0)
            {
                if (_at >= _data.Length || (_data[_at] == 0xff && (_at + 1 >= _data.Length || _data[_at + 1] != 0)))
                {
                    return -1;
                }

                _current = _data[_at];
                _at += _current == 0xff ? 2 : 1;
                _left = 8;
            }

            _left--;
            return (_current >> _left) & 1;
        }

        public bool Skip(int count) => TryTake(count, out _);

        /// <summary>The number that the next bits make.</summary>
        public bool TryTake(int count, out int number)
        {
            for (number = 0; count > 0; count--)
            {
                if (Next() is not (>= 0 and var bit))
                {
                    return false;
                }

                number = (number << 1) | bit;
            }

            return true;
        }

        /// <summary>Goes on behind the mark that has to come here.</summary>
        public bool Restart()
        {
            _left = 0;
            while (_at + 1 < _data.Length && _data[_at] == 0xff && _data[_at + 1] == 0xff)
            {
                _at++;
            }

            if (_at + 1 >= _data.Length || _data[_at] != 0xff || _data[_at + 1] is < 0xd0 or > 0xd7)
            {
                return false;
            }

            _at += 2;
            return true;
        }
    }
}
