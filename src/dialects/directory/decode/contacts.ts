import type { EmailInput, PhoneInput } from '#core/commands/user-input.ts';
import { invalidField } from '#core/errors.ts';
import type { UserPatch } from '#core/patch.ts';
import { parsePhone } from '#core/phone.ts';
import type { UserBody } from './schema.ts';

type EmailBody = NonNullable<UserBody['email']>;
type PhoneBody = NonNullable<UserBody['phone']>;

/** Two members that are decided together: the contact, and that it counts as verified no more. */
interface Contact<Input> {
  readonly input?: Input;
  readonly patch?: UserPatch;
}

/**
 * @param sent the member as it came
 * @param asked what of it is not shown already
 */
export function decodeEmail(sent: EmailBody, asked: EmailBody, shown: EmailBody): Contact<EmailInput> {
  const { address } = sent;
  if (asked.address === undefined && asked.verified === undefined) return {};
  if (address === undefined) {
    throw invalidField('email.address', 'email.address must be given to say that it is verified.', 'field_required');
  }
  const unverifies = sent.verified === false && address === shown.address;
  if (unverifies) return { patch: { 'email.verifiedAt': null } };
  return { input: { address, ...(sent.verified === undefined ? {} : { verified: sent.verified }) } };
}

/** `entered` is what counts, and `number` follows from it; a number alone is taken as entered so. */
export function decodePhone(sent: PhoneBody, asked: PhoneBody, shown: PhoneBody, region: string): Contact<PhoneInput> {
  if (asked.number === undefined && asked.entered === undefined && asked.verified === undefined) return {};
  const isShown = asked.number === undefined && asked.entered === undefined;
  if (isShown && sent.verified === false) return { patch: { 'phone.verifiedAt': null } };
  const entered = isShown ? shown.entered : (asked.entered ?? asked.number);
  if (entered === undefined || (isShown && sent.entered === undefined && sent.number === undefined)) {
    throw invalidField('phone.entered', 'phone.entered must be given to say that it is verified.', 'field_required');
  }
  const number = isShown ? shown.number : parsePhone(entered, region)?.number;
  if (asked.number !== undefined && asked.number !== number) {
    throw invalidField(
      'phone.number',
      `phone.number must be the E.164 form of what is entered${number ? `, ${number}` : ''}.`,
    );
  }
  const verified = sent.verified === undefined ? {} : { verified: sent.verified };
  return { input: { ...(number === undefined ? {} : { number }), entered, sameBy: 'entered', ...verified } };
}
