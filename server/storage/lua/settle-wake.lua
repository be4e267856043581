-- Writes down what became of an attempt to wake a device, unless it has registered another address meanwhile.
-- KEYS[1] push record (hash)
-- ARGV[1] registration id   ARGV[2] changes seen when it was loaded   ARGV[3] 'keep' to go on wanting the wake
-- ARGV[4] n   then n fields and values, then names of fields to delete
if redis.call('HGET', KEYS[1], 'id') ~= ARGV[1] then
  return 0
end
local fields = tonumber(ARGV[4])
for i = 1, fields do
  redis.call('HSET', KEYS[1], ARGV[3 + 2 * i], ARGV[4 + 2 * i])
end
for i = 5 + 2 * fields, #ARGV do
  redis.call('HDEL', KEYS[1], ARGV[i])
end
-- What came in between may not have been seen by whoever was woken: that wake stays wanted, and is looked at again.
if ARGV[3] ~= 'keep' and redis.call('HGET', KEYS[1], 'changes') == ARGV[2] then
  redis.call('HDEL', KEYS[1], 'want', 'force', 'ringsUntil')
end
return 1
