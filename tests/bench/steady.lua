-- Sends requests for as long as wrk runs, and then writes what came of them to standard error as one line of JSON:
-- requests answered with success, requests that failed, seconds, and the 99th percentile of latency in milliseconds.
-- STEADY_METHOD, STEADY_TARGET and STEADY_HEADERS ("Name: value" lines) make the requests. A number is added to the target:
-- from 0 up, and from 0 again after STEADY_NAMES of them unless that is 0. With STEADY_SIZE each has a body of that many
-- bytes that begins with its target, so that no server stores the same content for nothing.
local method, target, headers = os.getenv("STEADY_METHOD"), os.getenv("STEADY_TARGET"), {}
local names, size = tonumber(os.getenv("STEADY_NAMES")), tonumber(os.getenv("STEADY_SIZE") or 0)
local filling, sent, thread = string.rep("0123456789abcde\n", math.ceil(size / 16)), 0, nil

failed = 0

for line in os.getenv("STEADY_HEADERS"):gmatch("[^\n]+") do
  local name, value = line:match("^([^:]+): (.+)$")
  headers[name] = value
end

function setup(started)
  thread = started
end

function request()
  local place = target .. (names > 0 and sent % names or sent)
  sent = sent + 1
  local body = size > 0 and (place .. "\n" .. filling):sub(1, size) or nil
  return wrk.format(method, place, headers, body)
end

function response(status)
  if status < 200 or status > 299 then failed = failed + 1 end
end

function done(summary, latency, _)
  local errors = summary.errors
  local lost = thread:get("failed") + errors.connect + errors.read + errors.write + errors.timeout
  io.stderr:write(string.format('{"requests": %d, "failed": %d, "seconds": %f, "p99": %f}\n', summary.requests, lost,
    summary.duration / 1e6, latency:percentile(99) / 1e3))
end
