-- Changes the role of an account, or notes that it leaves, unless the team would be without an owner.
-- KEYS[1] accounts (sorted set)   KEYS[2] roles (hash)
-- ARGV[1] account id   ARGV[2] role, or 'leaving'
-- Returns 'done', 'last-owner', or 'gone' for an account that is not there or leaves.
local before = redis.call('HGET', KEYS[2], ARGV[1])
local leaves = ARGV[2] == 'leaving'
-- Removing may be repeated: a crash can have stopped it half way.
if (before == 'leaving' or not redis.call('ZSCORE', KEYS[1], ARGV[1])) and not leaves then
  return 'gone'
end
if before == 'owner' and ARGV[2] ~= 'owner' then
  local owners = 0
  for _, role in ipairs(redis.call('HVALS', KEYS[2])) do
    if role == 'owner' then
      owners = owners + 1
    end
  end
  if owners == 1 then
    return 'last-owner'
  end
end
if redis.call('ZSCORE', KEYS[1], ARGV[1]) then
  redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
end
return 'done'
