-- Sends one call over and over; each thread is one connection that carries sessions of its own on, by turns.
local threads = {}

function setup(thread)
  table.insert(threads, thread)
  thread:set("number", #threads)
end

function init(arguments)
  plan = dofile(arguments[1])
  sessions = {}
  for place = number, #plan.sessions, plan.connections do table.insert(sessions, plan.sessions[place]) end
  count = 0
  if plan.refresh_field ~= "" then
    local pattern = '"' .. plan.refresh_field .. '": ?"([^"]+)"'
    response = function(_, _, body) session.refresh = body:match(pattern) or session.refresh end
  end
end

function request()
  count = count + 1
  session = sessions[count % #sessions + 1]
  local headers = {["Content-Type"] = "application/json", ["User-Agent"] = "benchmark"}
  if plan.bearer then headers["Authorization"] = "Bearer " .. session.access end
  local new = string.format("%s-%d-%d@example.com", plan.run, number, count)
  local body = plan.body and plan.body:gsub("{(%w+)}", function(name) return name == "new" and new or session[name] end)
  return wrk.format(body and "POST" or "GET", plan.path, headers, body)
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format(
    'RESULT {"requests": %d, "seconds": %f, "p50": %f, "p99": %f, "refused": %d}',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout
  ))
end
