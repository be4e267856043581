-- Notes that a device is to be woken.
-- KEYS[1] push record (hash)   KEYS[2] queue (stream)
-- ARGV[1] urgency (1 quiet, 2 message, 3 call)
-- ARGV[2] since when the device has been connected, ms: a wake before that is used up; '' when it is not
-- ARGV[3] '1': although it has a connection   ARGV[4] until when a call rings, ms
-- ARGV[5] kinds of address that are woken for what is not urgent
-- Returns {kind, last wake ms, not before ms}, or nil where there is no address, or a wake is under way already.
local kind, woken_at, not_before = unpack(redis.call('HMGET', KEYS[1], 'kind', 'wokenAt', 'notBefore'))
if not kind then
  return nil
end
if ARGV[2] ~= '' and tonumber(woken_at or '0') < tonumber(ARGV[2]) then
  redis.call('HDEL', KEYS[1], 'through', 'urgency')
end
local urgency = tonumber(ARGV[1])
if urgency == 1 and not string.find(ARGV[5], kind, 1, true) then
  return nil
end
if urgency <= live_wake(KEYS[1], KEYS[2]) then
  return nil
end
local wanted = tonumber(redis.call('HGET', KEYS[1], 'want') or '0')
redis.call('HSET', KEYS[1], 'want', math.max(urgency, wanted))
if ARGV[3] == '1' then
  redis.call('HSET', KEYS[1], 'force', '1')
end
if urgency == 3 then
  redis.call('HSET', KEYS[1], 'ringsUntil', ARGV[4])
end
redis.call('HINCRBY', KEYS[1], 'changes', 1)
return { kind, tonumber(woken_at or '0'), tonumber(not_before or '0') }
