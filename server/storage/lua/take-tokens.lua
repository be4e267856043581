-- A token bucket: `capacity` tokens that refill evenly over `period`. Some or all of what is wanted is granted.
-- KEYS[1] bucket (hash)
-- ARGV[1] capacity   ARGV[2] period in ms   ARGV[3] wanted
-- Returns {granted, ms until there is one more}.
local capacity, period = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = tonumber(bucket[1] or capacity)
local elapsed = math.max(0, now - tonumber(bucket[2] or now))
tokens = math.min(capacity, tokens + elapsed * capacity / period)
local granted = math.min(math.floor(tokens), tonumber(ARGV[3]))
tokens = tokens - granted
redis.call('HSET', KEYS[1], 'tokens', tokens, 'at', string.format('%.0f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil((capacity - tokens) * period / capacity) + 1000)
return { granted, math.ceil(math.max(0, 1 - tokens) * period / capacity) }
