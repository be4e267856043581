-- Numbers a connection of a device. Nothing is written for a device that has just been removed.
-- KEYS[1] devices (hash)   KEYS[2] epoch (counter)   ARGV[1] device id
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then
  return 0
end
return redis.call('INCR', KEYS[2])
