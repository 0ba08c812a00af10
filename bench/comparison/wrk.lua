-- Sends the lines of a file as the bodies of POST requests, one after another, from a given line on.
-- Arguments: the file, and how many lines to skip. In the environment: PAUSE_MS, how long each connection rests after an
-- answer on average, if it does.
local pause = tonumber(os.getenv('PAUSE_MS'))
local requests = {}
local last = 0

function init(args)
  wrk.headers['Content-Type'] = 'application/json'
  wrk.headers['Accept'] = 'application/json'
  for line in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format('POST', nil, nil, line)
  end
  last = tonumber(args[2]) % #requests
end

function request()
  last = last % #requests + 1
  return requests[last]
end

-- wrk looks for this function before it calls init. Pauses are whole milliseconds, so they are rounded at random.
if pause then
  function delay()
    return math.floor(2 * pause * math.random() + math.random())
  end
end

-- Latencies are in microseconds.
function done(summary, latency)
  io.write(string.format(
    '{"requests":%d,"seconds":%.6f,"p50":%.3f,"p99":%.3f,"failed":%d}\n',
    summary.requests,
    summary.duration / 1e6,
    latency:percentile(50) / 1000,
    latency:percentile(99) / 1000,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  ))
end
