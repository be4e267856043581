-- What is needed to wake a device now. What is not wanted any more, because nothing waits or a wake is under way, is forgotten.
-- KEYS[1] push record (hash)   KEYS[2] queue (stream)   ARGV[1] now, ms
-- Returns {id, kind, sealed address, registered at, urgency, force, changes, attempts, last entry}, or nil.
local id, kind, sealed, at, want, force, changes, attempts, rings_until = unpack(redis.call('HMGET', KEYS[1], 'id', 'kind',
  'sealed', 'at', 'want', 'force', 'changes', 'attempts', 'ringsUntil'))
if not id or not want then
  return nil
end
local urgency = tonumber(want)
if urgency == 3 and tonumber(ARGV[1]) > tonumber(rings_until) then
  urgency = 2
end
local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
if not last or urgency <= live_wake(KEYS[1], KEYS[2]) then
  redis.call('HDEL', KEYS[1], 'want', 'force', 'ringsUntil')
  return nil
end
return { id, kind, sealed, tonumber(at), urgency, force or '', tonumber(changes), tonumber(attempts or '0'), last[1] }
