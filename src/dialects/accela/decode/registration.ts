import type { CreateUserInput, UserInput } from '#core/commands/user-input.ts';
import { invalidField } from '#core/errors.ts';
import type { JsonObject } from '#core/json.ts';
import { plainPasswordRules } from '#core/policies/password-rules.ts';
import type { Realm } from '#core/realm.ts';
import { decodeAcceptsTexts } from './accepts-texts.ts';
import { sentText } from './members.ts';
import { decodeMobilePhone } from './mobile-phone.ts';
import { decodeQuestions } from './questions.ts';

/**
 * Reads the body of a registration. Only `userName` is required; null and absent are alike. Clients send more than the
 * vendor documents, so unknown members are ignored.
 */
export function decodeRegistration(body: JsonObject, realm: Realm): CreateUserInput {
  const username = sentText(body, 'userName');
  if (!username) throw invalidField('userName', 'userName is required.', 'field_required');
  const acceptsTextMessages = decodeAcceptsTexts(body, undefined);
  const role = sentText(body, 'role');
  return {
    realm: realm.key,
    kind: 'human',
    patch: {
      username,
      ...(typeof acceptsTextMessages === 'boolean' ? { acceptsTextMessages } : {}),
      ...(role ? { 'extensions.accela.role': role } : {}),
    },
    ...decodeContact(body, realm),
    ...decodeSecrets(body),
  };
}

function decodeContact(body: JsonObject, realm: Realm): Pick<UserInput, 'email' | 'phone'> {
  const address = sentText(body, 'email');
  const phone = decodeMobilePhone(body, {}, realm.fields.region);
  return { ...(address ? { email: { address } } : {}), ...(phone ? { phone } : {}) };
}

function decodeSecrets(body: JsonObject): Pick<UserInput, 'password' | 'securityQuestions'> {
  const plain = sentText(body, 'password');
  const questions = decodeQuestions(body['questions']);
  return {
    ...(typeof plain === 'string'
      ? { password: { set: { plain }, rules: plainPasswordRules, lockAfterAttempts: 0 } }
      : {}),
    ...(questions ? { securityQuestions: questions } : {}),
  };
}
