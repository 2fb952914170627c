// As much of curl as the commands that Muster shows use, where there may be none: -X, -H, -d and an address.
// It prints a line per request: the status and the body.
const headers: Record<string, string> = {};
let [method, body, url] = ['GET', undefined as string | undefined, ''];
const args = process.argv.slice(2);
while (args.length > 0) {
  const arg = args.shift() ?? '';
  if (arg === '-X') method = args.shift() ?? '';
  else if (arg === '-H') {
    const [name = '', value = ''] = (args.shift() ?? '').split(/: ?(.*)/s);
    headers[name.toLowerCase()] = value;
  } else if (arg === '-d') {
    body = args.shift();
    headers['content-type'] ??= 'application/x-www-form-urlencoded';
    if (method === 'GET') method = 'POST';
  } else if (arg.startsWith('-')) throw new Error(`curl.ts does not know ${arg}`);
  else url = arg;
}
const answer = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
console.log(answer.status, (await answer.text()).replaceAll('\n', ' '));
