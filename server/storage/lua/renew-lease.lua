-- Takes or prolongs a lease, which one node at a time has.
-- KEYS[1] lease   ARGV[1] token   ARGV[2] ms
-- Returns 2 when it was held already, 1 when it was free, 0 when it is another node's.
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return holder and 2 or 1
