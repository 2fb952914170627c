import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { type Load, readResult } from './load.ts';
import type { Scenario } from './scenarios.ts';

export interface Target {
  readonly origin: string;
  readonly token: string;
  readonly scenario: Scenario;
  /** A file with one id in each line. */
  readonly ids: string;
}

const run = promisify(execFile);

/** Whether wrk is there; it is Debian's package of that name. */
export async function hasWrk(): Promise<boolean> {
  return await run('wrk', ['-v']).then(
    () => true,
    (error) => error.code !== 'ENOENT',
  );
}

/** Drives one server for so many seconds over so many connections, each of which waits for its answer. */
export async function wrk(target: Target, connections: number, seconds: number): Promise<Load> {
  const script = `${target.ids}.lua`;
  await writeFile(script, luaOf(target));
  const options = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', script];
  const { stdout } = await run('wrk', [...options, target.origin]);
  return readResult(stdout);
}

function luaOf({ token, scenario: { method, path, body, type }, ids }: Target): string {
  return `
local ids = {}
for line in io.lines(${lua(ids)}) do ids[#ids + 1] = line end
math.randomseed(os.time())
local n = os.time() % 100000 * 10000

local function pieces_of(template)
  local pieces, at = {}, 1
  for from, name, to in template:gmatch("(){(%l[%l%d]*)}()") do
    pieces[#pieces + 1] = template:sub(at, from - 1)
    pieces[#pieces + 1] = { name }
    at = to
  end
  pieces[#pieces + 1] = template:sub(at)
  return pieces
end

local function fill(pieces, values)
  local filled = {}
  for i, piece in ipairs(pieces) do filled[i] = type(piece) == "table" and values[piece[1]] or piece end
  return table.concat(filled)
end

local path, body = pieces_of(${lua(path)}), pieces_of(${lua(body)})
local headers = { ["content-type"] = ${lua(type)}, ["authorization"] = ${lua(`Bearer ${token}`)} }

request = function()
  n = n + 1
  local values = { id = ids[math.random(#ids)], n = tostring(n), n4 = string.format("%04d", n % 10000) }
  return wrk.format(${lua(method)}, fill(path, values), headers, fill(body, values))
end

done = function(summary, latency)
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
