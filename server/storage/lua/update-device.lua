-- Changes fields of a device record, if the device is still there.
-- KEYS[1] devices (hash)   ARGV[1] device id   ARGV[2] JSON object of changed fields
local record = redis.call('HGET', KEYS[1], ARGV[1])
if not record then
  return 0
end
local merged = cjson.decode(record)
for field, value in pairs(cjson.decode(ARGV[2])) do
  merged[field] = value
end
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(merged))
return 1
