-- Sets one field of an account, if the account is still there.
-- KEYS[1] account (hash)   ARGV[1] field   ARGV[2] value
if redis.call('EXISTS', KEYS[1]) == 0 then
  return 0
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
