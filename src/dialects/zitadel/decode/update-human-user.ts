import type { UpdateHumanUserRequest } from '@zitadel/proto/zitadel/user/v2/user_service_pb.js';
import type { UserInput } from '#core/commands/user-input.ts';
import type { Violation } from '#dialects/zitadel/pgv.ts';
import { decodeEmail, decodePhone } from './contact.ts';
import { type Decoded, type Fault, faultOf } from './faults.ts';
import { decodePassword } from './password.ts';
import { decodeProfile } from './profile.ts';

/**
 * What an update asks for. The faults come in the vendor's order: the rules of the body (`violations`), link templates,
 * then address, number and password.
 */
export function decodeUpdate(
  { username, profile, email, phone, password }: UpdateHumanUserRequest,
  violations: readonly Violation[],
): Decoded<UserInput> {
  const faults: Fault[] = violations.map(faultOf);
  const emailInput = email && decodeEmail(email, 'sendCode', faults);
  const phoneInput = phone && decodePhone(phone, 'sendCode', faults);
  const passwordInput = password && decodePassword(password, faults);
  const input = {
    patch: { ...(username === undefined ? {} : { username }), ...(profile && decodeProfile(profile, faults)) },
    ...(emailInput && { email: emailInput }),
    ...(phoneInput && { phone: phoneInput }),
    ...(passwordInput && { password: passwordInput }),
  };
  return { input, faults };
}
