-- Adds a linked device under the number that its link token has reserved. A device with the same record is left alone.
-- KEYS[1] devices (hash)   KEYS[2] link tokens (hash)
-- KEYS[3] device keys   KEYS[4] EC prekeys   KEYS[5] Kyber prekeys   KEYS[6] queue (stream)
-- ARGV[1] device id   ARGV[2] device record   ARGV[3] token hash   ARGV[4] most one-time keys of a kind
-- ARGV[5 …] see store_keys
-- Returns 1, or 0 where the account or the reservation is gone.
if redis.call('EXISTS', KEYS[1]) == 0 or redis.call('HEXISTS', KEYS[2], ARGV[3]) == 0 then
  return 0
end
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then
  return 1
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
store_keys(KEYS[3], KEYS[4], KEYS[5], 5, tonumber(ARGV[4]))
redis.call('XGROUP', 'CREATE', KEYS[6], 'new', '$', 'MKSTREAM')
redis.call('XGROUP', 'DESTROY', KEYS[6], 'new')
return 1
