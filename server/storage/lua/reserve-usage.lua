-- Notes that an account takes so many bytes more, if its quota has room for them.
-- KEYS[1] usage (sorted set: token:bytes by expiry)   KEYS[2] account (hash)
-- ARGV[1] token   ARGV[2] bytes   ARGV[3] quota   ARGV[4] now, ms   ARGV[5] until when, ms
-- Returns 1, 0 where there is no room, or nil where there is no such account.
if redis.call('EXISTS', KEYS[2]) == 0 then
  return nil
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[4])
local used = 0
for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  used = used + tonumber(string.match(member, ':(%d+)$'))
end
if used + tonumber(ARGV[2]) > tonumber(ARGV[3]) then
  return 0
end
redis.call('ZADD', KEYS[1], ARGV[5], ARGV[1] .. ':' .. ARGV[2])
-- As long as the one that stays longest, and no longer.
redis.call('PEXPIREAT', KEYS[1], redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')[2])
return 1
