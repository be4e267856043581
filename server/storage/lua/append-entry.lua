-- Adds an envelope to a device's queue where more than a plain XADD is asked for: an own time to live, or a resend.
-- KEYS[1] queue (stream)   KEYS[2] expiries (sorted set of stream ids by expiry, ms)
-- ARGV[1] message id   ARGV[2] envelope   ARGV[3] time to live in ms, 0 for the server's   ARGV[4] '1' for a resend
-- Returns {entry id, queue length}, 'duplicate', or nil where there is no queue (and so no device).
if ARGV[4] == '1' then
  local last = '+'
  while true do
    local page = redis.call('XREVRANGE', KEYS[1], last, '-', 'COUNT', 200)
    for _, entry in ipairs(page) do
      if entry[2][2] == ARGV[1] then
        return 'duplicate'
      end
    end
    if #page < 200 then
      break
    end
    last = '(' .. page[#page][1]
  end
end
local id = redis.call('XADD', KEYS[1], 'NOMKSTREAM', '*', 'm', ARGV[1], 'e', ARGV[2])
if not id then
  return nil
end
local ttl = tonumber(ARGV[3])
if ttl > 0 then
  redis.call('ZADD', KEYS[2], tonumber(string.match(id, '^%d+')) + ttl, id)
end
return { id, redis.call('XLEN', KEYS[1]) }
