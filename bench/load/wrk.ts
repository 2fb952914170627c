import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { type Load, readResult } from './load.ts';
import type { Template } from './scenarios.ts';

/** What is sent where. */
export interface Target {
  readonly origin: string;
  readonly template: Template;
  /** A file with one id in each line. */
  readonly ids: string;
}

const run = promisify(execFile);

/** Drives one server for so many seconds over so many connections, each of which waits for its answer. */
export async function wrk(target: Target, connections: number, seconds: number): Promise<Load> {
  const script = `${target.ids}.lua`;
  await writeFile(script, luaOf(target));
  const options = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', script];
  const { stdout } = await run('wrk', [...options, target.origin]);
  return readResult(stdout);
}

/**
 * The request is laid out once, with marks for what differs, so that the loader leaves the processors to the servers.
 * A mark in the body is as long as what takes its place: the length of the body is written once, too.
 */
function luaOf({ template: { method, path, headers, body }, ids }: Target): string {
  // Brackets that touch would begin another string.
  const fields = Object.entries(headers).map(([name, value]) => `[ ${lua(name)} ] = ${lua(value)}`);
  return `
local ids = {}
for line in io.lines(${lua(ids)}) do ids[#ids + 1] = line end
math.randomseed(os.time())
local n = os.time() % 10000 * 10000
local pieces, id_at, n_at, n4_at = {}, {}, {}, {}

function init()
  local marks = { id = string.rep("\\1", #ids[1]), n = string.rep("\\2", 8), n4 = string.rep("\\3", 4) }
  local function marked(text) return (text:gsub("{(%l+%d?)}", marks)) end
  local headers = { ${fields.join(', ')} }
  for name, value in pairs(headers) do headers[name] = marked(value) end
  local text = wrk.format(${lua(method)}, marked(${lua(path)}), headers, marked(${lua(body)}))
  local at = 1
  for from, mark, to in text:gmatch("()([\\1-\\3]+)()") do
    local places = ({ ["\\1"] = id_at, ["\\2"] = n_at, ["\\3"] = n4_at })[mark:sub(1, 1)]
    if places then
      pieces[#pieces + 1] = text:sub(at, from - 1)
      pieces[#pieces + 1] = ""
      places[#places + 1] = #pieces
      at = to
    end
  end
  pieces[#pieces + 1] = text:sub(at)
end

function request()
  n = n + 1
  local id, digits = ids[math.random(#ids)], string.format("%08d", n)
  for _, place in ipairs(id_at) do pieces[place] = id end
  for _, place in ipairs(n_at) do pieces[place] = digits end
  for _, place in ipairs(n4_at) do pieces[place] = digits:sub(5) end
  return table.concat(pieces)
end

function done(summary, latency)
  local e = summary.errors
  local failed = e.status + e.connect + e.read + e.write + e.timeout
  io.write(string.format("RESULT %d %d %d %d %d\\n", summary.requests, failed, summary.duration,
    latency:percentile(50), latency:percentile(99)))
end
`;
}

/** A string of Lua's. */
function lua(text: string): string {
  return `[==[${text}]==]`;
}
