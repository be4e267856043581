-- Prelude. Stores the public prekeys of a device from arguments that start at `at`:
--   signed prekey ('' for none), last-resort Kyber prekey ('' for none), then twice (EC, Kyber): a count n and n times id, key.
-- One-time ids must rise: what is not above the highest id ever seen was uploaded before, and may have been handed out.
local function store_keys(keys_key, ec_list, kyber_list, at, max_per_kind)
  if ARGV[at] ~= '' then
    redis.call('HSET', keys_key, 'signed', ARGV[at])
  end
  if ARGV[at + 1] ~= '' then
    redis.call('HSET', keys_key, 'last-resort', ARGV[at + 1])
  end
  at = at + 2
  local counts = {}
  for kind, list in ipairs({ ec_list, kyber_list }) do
    local field = kind == 1 and 'highest-ec' or 'highest-kyber'
    local highest = tonumber(redis.call('HGET', keys_key, field) or '-1')
    local room = max_per_kind - redis.call('LLEN', list)
    for i = 1, tonumber(ARGV[at]) do
      local id = tonumber(ARGV[at + 2 * i - 1])
      if id > highest and room > 0 then
        redis.call('RPUSH', list, ARGV[at + 2 * i])
        highest = id
        room = room - 1
      end
    end
    if highest >= 0 then
      redis.call('HSET', keys_key, field, highest)
    end
    at = at + 2 * tonumber(ARGV[at]) + 1
    counts[kind] = redis.call('LLEN', list)
  end
  return counts
end
