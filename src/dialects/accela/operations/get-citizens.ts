import { decodeFields } from '#dialects/accela/decode/query.ts';
import { encodeCitizen, encodeResult, pickFields } from '#dialects/accela/encode.ts';
import type { Answer, Call } from '#dialects/accela/operation.ts';
import { findCitizen } from './find-citizen.ts';

/** Reads one citizen user, or several: ids separated by commas. One that is not there makes it `not_found`. */
export async function getCitizens(call: Call): Promise<Answer> {
  const wanted = decodeFields(call.query);
  const ids = new Set(call.id.split(',').map((id) => id.trim()));
  const users = await Promise.all([...ids].map((id) => findCitizen(call, id)));
  const result = users.map(async (user) => encodeCitizen(user, await call.directory.realm(user.realm)));
  const [only, ...others] = users;
  return {
    body: encodeResult((await Promise.all(result)).map((citizen) => pickFields(citizen, wanted))),
    ...(only === undefined || others.length > 0 ? {} : { version: only.version }),
  };
}
