import { reviseUserBy } from '#core/commands/revise-user.ts';
import type { UserInput } from '#core/commands/user-input.ts';
import { invalidField } from '#core/errors.ts';
import { type JsonObject, sameJson } from '#core/json.ts';
import type { UserPatch } from '#core/patch.ts';
import type { Realm } from '#core/realm.ts';
import type { User } from '#core/user.ts';
import { type Citizen, encodeCitizen, registeredAt } from '#dialects/accela/encode.ts';
import { parseRegisterDate, sameSecond } from '#dialects/accela/register-date.ts';
import { decodeAcceptsTexts } from './accepts-texts.ts';
import { isShown, sentText } from './members.ts';
import { decodeMobilePhone } from './mobile-phone.ts';
import { decodeQuestions } from './questions.ts';

/**
 * Reads the body of an update: absent members keep, null clears, unknown ones are ignored. A member that says what the
 * profile shows is no wish to change anything, so it is dropped before any rule is applied to it. Throws
 * `invalid_argument` naming the first member that is wrong.
 */
export function decodeUpdate(body: JsonObject, user: User, realm: Realm): UserInput {
  const shown = encodeCitizen(user, realm);
  expectSameId(body, shown);
  const loginName = decodeLoginName(body, shown);
  const email = decodeEmail(body, shown);
  const phone = decodeMobilePhone(body, shown, realm.fields.region);
  const questions = sameJson(body['questions'], shown.questions) ? undefined : decodeQuestions(body['questions']);
  return {
    patch: decodePatch(body, shown, user, realm),
    ...(loginName === undefined ? {} : { loginName: { dialect: 'accela', name: loginName } }),
    ...(email === undefined ? {} : { email }),
    ...(phone === undefined ? {} : { phone }),
    ...(questions === undefined ? {} : { securityQuestions: questions }),
  };
}

/** An update, read beside the citizen as it is. */
export const reviseCitizen = reviseUserBy('revise-citizen', decodeUpdate);

/** `id` is read-only: the user's own, as a number or as digits, or none. */
function expectSameId({ id }: JsonObject, shown: Citizen): void {
  if (id === undefined || id === null || id === shown.id || id === String(shown.id)) return;
  throw invalidField('id', 'id is read-only: it must be the one in the path, or be left out.', 'field_read_only');
}

function decodeLoginName(body: JsonObject, shown: Citizen): string | undefined {
  const name = sentText(body, 'loginName');
  if (name === null) throw invalidField('loginName', 'loginName must not be null.', 'field_required');
  return isShown(name, shown.loginName) ? undefined : name;
}

function decodeEmail(body: JsonObject, shown: Citizen): UserInput['email'] {
  const address = sentText(body, 'email');
  if (address === undefined || isShown(address, shown.email)) return undefined;
  return address === null ? null : { address };
}

function decodePatch(body: JsonObject, shown: Citizen, user: User, realm: Realm): UserPatch {
  const acceptsTextMessages = decodeAcceptsTexts(body, shown.receiveSMS);
  const at = decodeRegisterDate(body, shown, user, realm);
  const role = sentText(body, 'role');
  return {
    ...(acceptsTextMessages === undefined ? {} : { acceptsTextMessages }),
    ...(at === undefined ? {} : { registeredAt: at }),
    ...(role === undefined || isShown(role, shown.role) ? {} : { 'extensions.accela.role': role }),
  };
}

function decodeRegisterDate(body: JsonObject, shown: Citizen, user: User, realm: Realm): string | undefined {
  const { registerDate } = body;
  if (registerDate === undefined || registerDate === shown.registerDate) return undefined;
  const at = parseRegisterDate(registerDate, realm.fields.timeZone);
  return sameSecond(at, registeredAt(user)) ? undefined : at;
}
