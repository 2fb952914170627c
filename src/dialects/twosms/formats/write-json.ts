import { members, type ShownUser } from '#dialects/twosms/model.ts';
import type { ResponseOfUser } from './response.ts';

const jsonMembers = members.filter(({ xmlOnly }) => !xmlOnly).map(({ name }) => name);

/** A user as the vendor's JSON has it: every member in order, absent values as null. */
export function jsonOfUser(user: ShownUser): Record<string, null | string | number | boolean> {
  return Object.fromEntries(jsonMembers.map((name) => [name, user[name]]));
}

/** ResponseOfUser in JSON; the order of its members is not that of the XML. */
export function writeJson({ error, userId, result, detail }: ResponseOfUser): string {
  return JSON.stringify({
    Error: error && { ErrorCode: error.code, ErrorReason: error.reason },
    ResponseData: {
      Identification: { UserId: userId },
      Result: result,
      Detail: detail && jsonOfUser(detail),
    },
  });
}
