import { members, type ShownUser } from '#dialects/twosms/model.ts';
import type { Envelope, ListFrame, Response } from './response.ts';

const jsonMembers = members.filter(({ xmlOnly }) => !xmlOnly).map(({ name }) => name);

/** A user as the vendor's JSON has it: every member in order, absent values as null. */
export function jsonOfUser(user: ShownUser): Record<string, null | string | number | boolean> {
  const shown: Record<string, null | string | number | boolean> = {};
  for (const name of jsonMembers) shown[name] = user[name];
  return shown;
}

/** The envelope in JSON; the order of its members is not that of the XML. */
export function writeJson({ detail, ...envelope }: Response): string {
  const [before, after] = around(envelope);
  return before + JSON.stringify(detail && jsonOfUser(detail)) + after;
}

export function listInJson(envelope: Envelope): ListFrame {
  const [before, after] = around(envelope);
  const user = (shown: ShownUser): string => JSON.stringify(jsonOfUser(shown));
  return { begin: `${before}[`, user, between: ',', end: `]${after}` };
}

/** What stands before and after Detail. */
function around({ error, userId, result }: Envelope): [string, string] {
  const fault = JSON.stringify(error && { ErrorCode: error.code, ErrorReason: error.reason });
  const identification = JSON.stringify({ UserId: userId });
  const data = `"Identification":${identification},"Result":${JSON.stringify(result)},"Detail":`;
  return [`{"Error":${fault},"ResponseData":{${data}`, '}}'];
}
