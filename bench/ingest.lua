-- Bodies for wrk: the same prediction over and over, but every picture another one.
-- A counter stands in a comment of the JPEG and in the file name. Arguments: form, body file, token.

local form, file, token, mark
local head, middle, tail
local count = 0
local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

local function base64(text)
   local out = {}
   for i = 1, #text, 3 do
      local a, b, c = text:byte(i, i + 2)
      local n = a * 65536 + b * 256 + c
      for shift = 3, 0, -1 do
         local at = math.floor(n / 64 ^ shift) % 64
         out[#out + 1] = alphabet:sub(at + 1, at + 1)
      end
   end
   return table.concat(out)
end

function init(args)
   form, file, token, mark = args[1], args[2], args[3], args[4]
   local handle = assert(io.open(file, "rb"))
   local body = handle:read("*a")
   handle:close()
   -- Two places to fill in: twelve digits of a name, and the same in the picture.
   local name_at, name_end = assert(body:find("@NAME@", 1, true))
   local picture = form == "json" and base64("000000000000") or "000000000000"
   local picture_at, picture_end = assert(body:find(picture, name_end, true))
   head = body:sub(1, name_at - 1)
   middle = body:sub(name_end + 1, picture_at - 1)
   tail = body:sub(picture_end + 1)
   wrk.method = "POST"
   wrk.headers["Authorization"] = "Bearer " .. token
   if form ~= "json" then
      wrk.headers["Content-Type"] = "multipart/form-data; boundary=benchmark"
   end
end

function request()
   count = count + 1
   local number = string.format("%s%08d", mark, count)
   local picture = form == "json" and base64(number) or number
   return wrk.format(nil, nil, nil, head .. number .. middle .. picture .. tail)
end

function done(summary, latency, requests)
   local errors = summary.errors
   print(string.format(
      "RUN {\"requests\": %d, \"seconds\": %.6f, \"p50_ms\": %.4f, \"p99_ms\": %.4f, \"failed\": %d}",
      summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
      errors.status + errors.connect + errors.read + errors.write + errors.timeout
   ))
end
