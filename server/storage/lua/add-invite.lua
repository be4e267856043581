-- Makes an invite, or the same one again. One that is there keeps its role, its maker and whether it was used.
-- KEYS[1] invite (hash)
-- ARGV[1] maker or ''   ARGV[2] expiry, ms   ARGV[3 …] fields and values
-- Returns 1, or 0 when there is another one.
if redis.call('EXISTS', KEYS[1]) == 1 then
  local maker, claimed = unpack(redis.call('HMGET', KEYS[1], 'createdBy', 'claimedBy'))
  if claimed or (maker or '') ~= ARGV[1] then
    return 0
  end
end
redis.call('HSET', KEYS[1], unpack(ARGV, 3))
redis.call('PEXPIREAT', KEYS[1], ARGV[2])
return 1
