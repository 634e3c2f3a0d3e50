namespace Framegate.Proxy.Common.Redis;

/// <summary>What Redis does in one step, by its own clock. A count is a sorted set; the score of a member is when it leaves, milliseconds.</summary>
internal static class SharedScripts
{
    private const string Now = """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)

        """;

    /// <summary>Takes a place in each count (limit, milliseconds, member), or in none. Returns {0, how many more}, or {the full one, milliseconds until it has room}.</summary>
    public const string Take = Now + """
        for i = 1, #KEYS do
          local limit, member = tonumber(ARGV[3 * i - 2]), ARGV[3 * i]
          redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', now)
          local count = redis.call('ZCARD', KEYS[i])
          if count >= limit and not redis.call('ZSCORE', KEYS[i], member) then
            local leaves = redis.call('ZRANGE', KEYS[i], count - limit, count - limit, 'WITHSCORES')
            return { i, tonumber(leaves[2]) - now }
          end
        end
        local left = 2147483647
        for i = 1, #KEYS do
          local limit, lasts = tonumber(ARGV[3 * i - 2]), tonumber(ARGV[3 * i - 1])
          if lasts > 0 then
            redis.call('ZADD', KEYS[i], now + lasts, ARGV[3 * i])
            redis.call('PEXPIRE', KEYS[i], lasts)
          end
          left = math.min(left, math.max(0, limit - redis.call('ZCARD', KEYS[i])))
        end
        return { 0, left }
        """;

    /// <summary>Puts members (milliseconds, member) into a count whatever its limit; a time never becomes shorter.</summary>
    public const string Hold = Now + """
        local longest = redis.call('PTTL', KEYS[1])
        for i = 1, #ARGV, 2 do
          redis.call('ZADD', KEYS[1], 'GT', now + tonumber(ARGV[i]), ARGV[i + 1])
          longest = math.max(longest, tonumber(ARGV[i]))
        end
        redis.call('PEXPIRE', KEYS[1], longest)
        """;

    /// <summary>Takes a member out of a count; notifies the channel when the count was full.</summary>
    public const string Release = """
        if redis.call('ZREM', KEYS[1], ARGV[1]) == 1 and redis.call('ZCARD', KEYS[1]) + 1 >= tonumber(ARGV[2]) then
          redis.call('PUBLISH', ARGV[3], ARGV[4])
        end
        """;

    /// <summary>Reports that a replica is there (milliseconds, its id). Returns how many are.</summary>
    public const string Hello = Now + """
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
        redis.call('ZADD', KEYS[1], now + tonumber(ARGV[1]), ARGV[2])
        redis.call('PEXPIRE', KEYS[1], ARGV[1])
        return redis.call('ZCARD', KEYS[1])
        """;
}
