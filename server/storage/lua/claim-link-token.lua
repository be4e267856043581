-- Redeems a link token for the lowest free device number. The same secret gets the same number again.
-- KEYS[1] devices (hash)   KEYS[2] link tokens (hash)
-- ARGV[1] token hash   ARGV[2] secret hash   ARGV[3] most devices
-- Returns the device number, 'invalid' or 'full'. The number is reserved by the token until the device is there.
local token = redis.call('HGET', KEYS[2], ARGV[1])
if not token or redis.call('EXISTS', KEYS[1]) == 0 then
  return 'invalid'
end
local claim = cjson.decode(token)
if claim.secretHash then
  if claim.secretHash ~= ARGV[2] then
    return 'invalid'
  end
  return claim.deviceId
end
local taken = {}
for _, id in ipairs(redis.call('HKEYS', KEYS[1])) do
  taken[tonumber(id)] = true
end
for _, other in ipairs(redis.call('HVALS', KEYS[2])) do
  local reserved = cjson.decode(other).deviceId
  if reserved then
    taken[reserved] = true
  end
end
local count = 0
for _ in pairs(taken) do
  count = count + 1
end
if count >= tonumber(ARGV[3]) then
  return 'full'
end
local id = 1
while taken[id] do
  id = id + 1
end
redis.call('HSET', KEYS[2], ARGV[1], cjson.encode({ secretHash = ARGV[2], deviceId = id }))
return id
