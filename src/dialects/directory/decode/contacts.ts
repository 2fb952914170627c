import type { EmailInput, PhoneInput } from '#core/commands/user-input.ts';
import { invalidField } from '#core/errors.ts';
import { parsePhone } from '#core/phone.ts';
import type { UserBody } from './schema.ts';

type EmailBody = NonNullable<UserBody['email']>;
type PhoneBody = NonNullable<UserBody['phone']>;

/**
 * What is asked of a mail address; undefined when nothing is.
 * @param sent the member as it came
 * @param asked what of it is not shown already
 */
export function decodeEmail(sent: EmailBody, asked: EmailBody, shown: EmailBody): EmailInput | undefined {
  if (asked.address === undefined && asked.verified === undefined) return undefined;
  const { address, verified } = sent;
  if (address === undefined) {
    throw invalidField('email.address', 'email.address must be given to say that it is verified.', 'field_required');
  }
  if (asked.address === undefined) refuseUnverifying('email', verified, shown);
  return { address, ...(verified === undefined ? {} : { verified }) };
}

/** `entered` is what counts, and `number` follows from it; a number alone is taken as entered so. */
export function decodePhone(
  sent: PhoneBody,
  asked: PhoneBody,
  shown: PhoneBody,
  region: string,
): PhoneInput | undefined {
  const isOther = asked.number !== undefined || asked.entered !== undefined;
  if (!isOther && asked.verified === undefined) return undefined;
  const verified = sent.verified === undefined ? {} : { verified: sent.verified };
  if (!isOther) {
    refuseUnverifying('phone', sent.verified, shown);
    return { ...shownPhone(sent, shown), ...verified };
  }
  const entered = asked.entered ?? asked.number ?? '';
  const number = parsePhone(entered, region)?.number;
  if (asked.number !== undefined && asked.number !== number) {
    const right = number === undefined ? 'absent, for that is no valid number' : number;
    throw invalidField('phone.number', `phone.number must be the E.164 form of what is entered: ${right}.`);
  }
  return { ...(number === undefined ? {} : { number }), entered, sameBy: 'entered', ...verified };
}

function shownPhone(sent: PhoneBody, { number, entered }: PhoneBody): PhoneInput {
  const isNamed = sent.entered !== undefined || sent.number !== undefined;
  if (entered === undefined || !isNamed) {
    throw invalidField('phone.entered', 'phone.entered must be given to say that it is verified.', 'field_required');
  }
  return { ...(number === undefined ? {} : { number }), entered, sameBy: 'entered' };
}

function refuseUnverifying(name: string, verified: boolean | undefined, shown: EmailBody | PhoneBody): void {
  if (verified !== false || shown.verifiedAt === undefined) return;
  throw invalidField(`${name}.verified`, `${name} has been verified, and stays so until it becomes another one.`);
}
