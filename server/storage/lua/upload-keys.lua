-- Adds public prekeys for a device that exists.
-- KEYS[1] devices (hash)   KEYS[2] device keys (hash)   KEYS[3] EC prekeys (list)   KEYS[4] Kyber prekeys (list)
-- ARGV[1] device id   ARGV[2] most one-time keys of a kind   ARGV[3…] see store_keys
-- Returns {EC count, Kyber count}, or nil where there is no such device.
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then
  return nil
end
return store_keys(KEYS[2], KEYS[3], KEYS[4], 3, tonumber(ARGV[2]))
