-- Adds what one node saw in a minute to the records of that minute and of its hour.
-- KEYS[1] minutes of that hour (hash)   KEYS[2] hours of that day (hash)
-- ARGV[1] minute   ARGV[2] hour   ARGV[3] sample   ARGV[4], ARGV[5] when the two hashes go, ms
-- A record is JSON: s sums (the last two of them states: connections, memory), m highest values (-1: not known), h histogram.
local STATES = 4
local function merge(record, sample, add_state)
  for i, value in ipairs(sample.s) do
    if i <= STATES then
      record.s[i] = record.s[i] + value
    else
      record.s[i] = add_state(record.s[i], value)
    end
  end
  for i, value in ipairs(sample.m) do
    record.m[i] = math.max(record.m[i], value)
  end
  for bucket, count in pairs(sample.h) do
    record.h[bucket] = (record.h[bucket] or 0) + count
  end
  return record
end
local function load(key, field, like)
  local stored = redis.call('HGET', key, field)
  if stored then
    return cjson.decode(stored)
  end
  local empty = { s = {}, m = {}, h = {} }
  for i in ipairs(like.s) do
    empty.s[i] = 0
  end
  for i in ipairs(like.m) do
    empty.m[i] = -1
  end
  return empty
end
local sample = cjson.decode(ARGV[3])
local minute = merge(load(KEYS[1], ARGV[1], sample), sample, function(a, b)
  return a + b
end)
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(minute))
redis.call('PEXPIREAT', KEYS[1], ARGV[4])
-- States of all nodes are known in the minute only: an hour keeps its highest one.
for i = STATES + 1, #sample.s do
  sample.s[i] = minute.s[i]
end
local hour = merge(load(KEYS[2], ARGV[2], sample), sample, math.max)
redis.call('HSET', KEYS[2], ARGV[2], cjson.encode(hour))
redis.call('PEXPIREAT', KEYS[2], ARGV[5])
return 1
