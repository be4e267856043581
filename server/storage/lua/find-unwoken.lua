-- Whether mail waits for which a device has not been woken.
-- KEYS[1] push record (hash)   KEYS[2] queue (stream)
-- Returns nil without an address, 0 when all is well, else {kind, the urgency that is wanted, or 4 when that is not known}.
local kind, want = unpack(redis.call('HMGET', KEYS[1], 'kind', 'want'))
if not kind then
  return nil
end
if redis.call('XLEN', KEYS[2]) == 0 then
  return 0
end
local live = live_wake(KEYS[1], KEYS[2])
if want and tonumber(want) > live then
  return { kind, tonumber(want) }
end
return live > 0 and 0 or { kind, 4 }
