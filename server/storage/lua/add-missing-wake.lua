-- Puts a wake on the list unless it is there, or being sent.
-- KEYS[1] due (sorted set)   KEYS[2] claimed (set)   ARGV[1] device   ARGV[2] when, ms
if redis.call('SISMEMBER', KEYS[2], ARGV[1]) == 1 then
  return 0
end
return redis.call('ZADD', KEYS[1], 'NX', ARGV[2], ARGV[1])
