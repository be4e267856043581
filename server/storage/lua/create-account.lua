-- Makes an account with its primary device, all at once. An account that exists already is left as it is.
-- KEYS[1] account (hash)   KEYS[2] devices (hash)
-- KEYS[3] device keys   KEYS[4] EC prekeys   KEYS[5] Kyber prekeys   KEYS[6] queue (stream), all of device 1
-- ARGV[1] device record   ARGV[2] most one-time keys of a kind   ARGV[3] n   then n fields and values of the account
-- ARGV[4 + 2n …] see store_keys
if redis.call('EXISTS', KEYS[1]) == 1 then
  return 0
end
local fields = tonumber(ARGV[3])
for i = 1, fields do
  redis.call('HSET', KEYS[1], ARGV[2 + 2 * i], ARGV[3 + 2 * i])
end
redis.call('HSET', KEYS[2], '1', ARGV[1])
store_keys(KEYS[3], KEYS[4], KEYS[5], 4 + 2 * fields, tonumber(ARGV[2]))
-- An empty stream: appending with NOMKSTREAM then works for this device, and for no removed one.
redis.call('XGROUP', 'CREATE', KEYS[6], 'new', '$', 'MKSTREAM')
redis.call('XGROUP', 'DESTROY', KEYS[6], 'new')
return 1
