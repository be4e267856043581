-- Registers where a device is woken. A wake that it has had already, and what it is to be woken for, hold on.
-- KEYS[1] devices (hash)   KEYS[2] push record (hash)
-- ARGV[1] device id   ARGV[2 …] fields and values
-- Returns 1, or 0 where there is no such device.
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then
  return 0
end
redis.call('HDEL', KEYS[2], 'attempts', 'notBefore', 'dropped', 'droppedAt')
redis.call('HSET', KEYS[2], unpack(ARGV, 2))
return 1
