-- Prelude. How urgent the last wake of a device was, as long as mail that it was about still waits; else 0.
local function live_wake(record, queue)
  local through, urgency = unpack(redis.call('HMGET', record, 'through', 'urgency'))
  if not through or #redis.call('XRANGE', queue, '-', through, 'COUNT', 1) == 0 then
    return 0
  end
  return tonumber(urgency)
end
