-- Deletes a push address that was found dead, unless the device has registered another one meanwhile.
-- KEYS[1] push record (hash)
-- ARGV[1] registration id   ARGV[2] reason   ARGV[3] now, ms
if redis.call('HGET', KEYS[1], 'id') ~= ARGV[1] then
  return 0
end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'dropped', ARGV[2], 'droppedAt', ARGV[3])
return 1
