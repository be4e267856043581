-- Sets fields of an account, if the account is still there.
-- KEYS[1] account (hash)   ARGV fields and values
if redis.call('EXISTS', KEYS[1]) == 0 then
  return 0
end
redis.call('HSET', KEYS[1], unpack(ARGV))
return 1
