-- Makes room for one account among those that the server allows.
-- KEYS[1] accounts (sorted set by time of creation)
-- ARGV[1] account id   ARGV[2] now, ms   ARGV[3] most accounts   ARGV[4] '1' when there may be no other yet
-- Returns 1, or 0 where there is no room.
if redis.call('ZSCORE', KEYS[1], ARGV[1]) then
  return 1
end
local others = redis.call('ZCARD', KEYS[1])
if others >= tonumber(ARGV[3]) or (ARGV[4] == '1' and others > 0) then
  return 0
end
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
return 1
