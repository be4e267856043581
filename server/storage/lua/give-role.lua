-- Gives a new account its role, once: repeating a registration later must not bring back a role that was taken away.
-- KEYS[1] accounts (sorted set)   KEYS[2] roles (hash)
-- ARGV[1] account id   ARGV[2] role
if redis.call('ZSCORE', KEYS[1], ARGV[1]) then
  redis.call('HSETNX', KEYS[2], ARGV[1], ARGV[2])
end
return 1
