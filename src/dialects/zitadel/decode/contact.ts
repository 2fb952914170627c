import type { SetHumanEmail } from '@zitadel/proto/zitadel/user/v2/email_pb.js';
import type { SetHumanPhone } from '@zitadel/proto/zitadel/user/v2/phone_pb.js';
import type { EmailInput, LinkPart, PhoneInput } from '#core/commands/user-input.ts';
import { normaliseEmail } from '#core/email.ts';
import { DirectoryError } from '#core/errors.ts';
import { parsePhone } from '#core/phone.ts';
import { parseLinkTemplate } from '#dialects/zitadel/link-template.ts';
import { hasDisplayName } from '#dialects/zitadel/mail-address.ts';
import { type Fault, refusedBy } from './faults.ts';

/** The vendor takes a number without a country code as a Swiss one. */
const defaultRegion = 'CH';

/** What `isVerified: false` asks for: as if it were left out when updating, no code at all when creating. */
export type OnUnverified = 'sendCode' | 'noCode';

/** Reads the link template of a `sendCode`; what does not parse goes to `faults`. */
export function decodeLink(
  urlTemplate: string | undefined,
  path: string,
  faults: Fault[],
): readonly LinkPart[] | undefined {
  if (urlTemplate === undefined) return undefined;
  const link = parseLinkTemplate(urlTemplate);
  if (!(link instanceof DirectoryError)) return link;
  faults.push({ path, error: link });
  return undefined;
}

/** An address with what to do about its verification; nothing for an empty one. */
export function decodeEmail(
  { email, verification }: Pick<SetHumanEmail, 'email' | 'verification'>,
  onUnverified: OnUnverified,
  faults: Fault[],
): EmailInput | undefined {
  const isSent = verification.case === 'sendCode';
  const link = isSent ? decodeLink(verification.value.urlTemplate, 'email.sendCode.urlTemplate', faults) : undefined;
  if (email === '') return undefined;
  return { address: decodeAddress(email, faults), ...decodeVerification(verification, onUnverified, link) };
}

/** A number with what to do about its verification; nothing for an empty one, which the vendor ignores. */
export function decodePhone(
  { phone, verification }: Pick<SetHumanPhone, 'phone' | 'verification'>,
  onUnverified: OnUnverified,
  faults: Fault[],
): PhoneInput | undefined {
  if (phone === '') return undefined;
  const number = parsePhone(phone, defaultRegion)?.number;
  if (phone.trim() === '') faults.push(refusedBy('PHONE-Zt0NV', 'phone.phone'));
  else if (number === undefined) faults.push(refusedBy('PHONE-so0wa', 'phone.phone'));
  return {
    ...(number === undefined ? {} : { number }),
    entered: phone,
    sameBy: 'number',
    ...decodeVerification(verification, onUnverified, undefined),
  };
}

function decodeVerification(
  verification: SetHumanEmail['verification'] | SetHumanPhone['verification'],
  onUnverified: OnUnverified,
  link: readonly LinkPart[] | undefined,
): Pick<EmailInput, 'verified' | 'code'> {
  if (verification.case === 'returnCode') return { code: { deliver: 'return' } };
  if (verification.case === 'isVerified') {
    if (verification.value) return { verified: true };
    if (onUnverified === 'noCode') return {};
  }
  return { code: { deliver: 'send', ...(link === undefined ? {} : { link }) } };
}

function decodeAddress(email: string, faults: Fault[]): string {
  try {
    return normaliseEmail(email.trim());
  } catch {
    faults.push(refusedBy(hasDisplayName(email) ? 'EMAIL-599GV' : 'EMAIL-599BI', 'email.email'));
    return email;
  }
}
