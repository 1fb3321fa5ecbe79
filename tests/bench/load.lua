-- Sends each request of a file once, says on standard error when all are answered, and sends no more.
-- LOAD_REQUESTS names the file: lines "Name: value" are headers of every request, lines "METHOD<TAB>target" the requests.
-- LOAD_BODY names the body of every PUT. Its first bytes become the target, so that no two bodies are equal and no
-- server stores the same content for nothing.
local requests, headers, position, answered, failed = {}, {}, 0, 0, 0

function init(_)
  local body
  local file = os.getenv("LOAD_BODY")
  if file then body = io.open(file, "rb"):read("*a") end
  for line in io.lines(os.getenv("LOAD_REQUESTS")) do
    local method, target = line:match("^(%u+)\t(.+)$")
    if method then
      local content = method == "PUT" and (target .. "\n" .. body):sub(1, #body) or nil
      requests[#requests + 1] = wrk.format(method, target, headers, content)
    else
      local name, value = line:match("^([^:]+): (.+)$")
      headers[name] = value
    end
  end
end

function request()
  position = position % #requests + 1
  return requests[position]
end

function response(status)
  answered = answered + 1
  if status < 200 or status > 299 then failed = failed + 1 end
  if answered == #requests then
    io.stderr:write(string.format("answered %d failed %d\n", answered, failed))
    wrk.thread:stop()
  end
end
