-- Takes an account out of the owners, unless it is the last one.
-- KEYS[1] owners (set)   ARGV[1] account id
-- Returns 1 when the account is an owner no more (or was none), 0 when it is the last.
if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 and redis.call('SCARD', KEYS[1]) == 1 then
  return 0
end
redis.call('SREM', KEYS[1], ARGV[1])
return 1
