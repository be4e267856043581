-- What a node had claimed that does not hold the lease any more is due again.
-- KEYS[1] lease   KEYS[2] due (sorted set)   KEYS[3] claimed (set)   ARGV[1] token   ARGV[2] now, ms
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
for _, device in ipairs(redis.call('SMEMBERS', KEYS[3])) do
  redis.call('ZADD', KEYS[2], 'LT', ARGV[2], device)
end
return redis.call('DEL', KEYS[3])
