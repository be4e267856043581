-- Redeems an invite for a new account. The same secret gets the same account again; anyone else is refused.
-- KEYS[1] invite (hash)
-- ARGV[1] new account id   ARGV[2] secret hash
-- Returns {account id, role, setup '1' or ''}, or nil for an invite that is not there or used.
local invite = redis.call('HMGET', KEYS[1], 'role', 'claimedBy', 'secretHash', 'setup')
if not invite[1] then
  return nil
end
if invite[2] then
  if invite[3] ~= ARGV[2] then
    return nil
  end
  return { invite[2], invite[1], invite[4] or '' }
end
-- Who made a used invite is of no use to anyone.
redis.call('HDEL', KEYS[1], 'createdBy')
redis.call('HSET', KEYS[1], 'claimedBy', ARGV[1], 'secretHash', ARGV[2])
return { ARGV[1], invite[1], invite[4] or '' }
