-- Takes wakes whose time has come for the node that holds the lease.
-- KEYS[1] lease   KEYS[2] due (sorted set by time, ms)   KEYS[3] claimed (set)
-- ARGV[1] token of the lease   ARGV[2] now, ms   ARGV[3] most
-- Returns {time of the next one or '', devices …}, or nil when the lease is another node's.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return nil
end
local claimed = { '' }
for _, device in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[2], 'LIMIT', 0, tonumber(ARGV[3]))) do
  if redis.call('SADD', KEYS[3], device) == 1 then
    redis.call('ZREM', KEYS[2], device)
    claimed[#claimed + 1] = device
  else
    -- One is being sent to it at this moment: look again when that is settled.
    redis.call('ZADD', KEYS[2], tonumber(ARGV[2]) + 1000, device)
  end
end
claimed[1] = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')[2] or ''
return claimed
