-- Changes until when a noted usage counts, if it still does.
-- KEYS[1] usage (sorted set)   ARGV[1] token:bytes   ARGV[2] until when, ms
if redis.call('ZSCORE', KEYS[1], ARGV[1]) then
  redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
  redis.call('PEXPIREAT', KEYS[1], redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')[2])
end
return 1
