-- Deletes the envelopes of one device whose time has passed, by the clock of Redis that also made the entry ids.
-- KEYS[1] queue (stream)   KEYS[2] expiries (sorted set)
-- ARGV[1] the server's time to live in ms   ARGV[2] ms to add to the clock (0, but for tests)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[2])
local removed = redis.call('XTRIM', KEYS[1], 'MINID', string.format('%.0f', math.max(0, now - tonumber(ARGV[1]))))
local due
repeat
  -- So many at once, because unpack has a limit.
  due = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', string.format('%.0f', now), 'LIMIT', 0, 1000)
  if #due > 0 then
    removed = removed + redis.call('XDEL', KEYS[1], unpack(due))
    redis.call('ZREM', KEYS[2], unpack(due))
  end
until #due < 1000
return removed
