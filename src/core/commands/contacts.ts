import type { Context, PrepareContext } from '#core/command.ts';
import { StaleFacts } from '#core/command.ts';
import { normaliseEmail } from '#core/email.ts';
import { later } from '#core/instant.ts';
import { type Channel, kindOf, type NewMessage, sealContent } from '#core/message.ts';
import type { Fields } from '#core/patch.ts';
import { normaliseE164, normaliseEnteredPhone } from '#core/phone.ts';
import { mayAdminister, notPermitted } from '#core/policies/authorize.ts';
import { codePurpose, codeRules, newCode } from '#core/policies/code-rules.ts';
import { renderLink } from '#core/policies/message-text.ts';
import type { Realm } from '#core/realm.ts';
import type { CodeName } from '#core/secret.ts';
import type { User, UserKey } from '#core/user.ts';
import type { Part } from './part.ts';
import type { CodeRequest, EmailInput, PhoneInput } from './user-input.ts';

/** Whom a code is for. */
export interface Recipient {
  readonly user: UserKey;
  readonly realm: Realm;
  readonly ids: Readonly<Record<string, string>>;
}

/** A code that `prepare` has made. Nothing but the caller who asked for it and the sealed message knows it. */
export interface MadeCode {
  readonly plain: string;
  readonly mac: string;
  readonly message?: { readonly id: string; readonly sealed: string };
}

/** Whom a message is written to: with what is known of the user by then. */
export interface Addressee extends Recipient {
  readonly fields: Fields;
}

/** Makes a code and, if it is to be sent, its message. */
export function makeCode(name: CodeName, request: CodeRequest, to: Addressee, context: PrepareContext): MadeCode {
  const plain = newCode(context.random);
  const mac = context.sealer.macs(plain, codePurpose(to.user, name))[0];
  if (request.deliver === 'return') return { plain, mac };
  const id = context.random.uuid();
  const { applicationName: application } = request;
  const asked = { ...linkOf(plain, request, to, context), ...(application === undefined ? {} : { application }) };
  const content = { kind: kindOf(name), code: plain, ...asked, ...personOf(to) };
  return { plain, mac, message: { id, sealed: sealContent(content, id, context.sealer) } };
}

function linkOf(code: string, { link }: CodeRequest, to: Recipient, { via: { dialect } }: Context): { link?: string } {
  if (link === undefined) return {};
  return { link: renderLink(link, { code, user: to.ids[dialect] ?? '', realm: to.realm.ids[dialect] ?? '' }) };
}

function personOf({ fields, realm }: Addressee): { name: string; language: string } {
  const { 'profile.displayName': displayName, 'profile.givenName': given, 'profile.familyName': family } = fields;
  const name = displayName ?? [given, family].filter(Boolean).join(' ');
  return { name, language: fields['profile.language'] ?? realm.fields.language };
}

/** Whether the present mail address is meant. */
export function sameEmail(fields: Fields, input: EmailInput): boolean {
  return fields['email.address'] === String(input.address).normalize('NFC');
}

/** Whether the present number is meant: how that is seen depends on what the caller is shown. */
export function samePhone(fields: Fields, { sameBy, number, entered }: PhoneInput): boolean {
  const sameText = fields['phone.entered'] === String(entered).normalize('NFC');
  if (sameBy === 'entered') return sameText;
  // Where there is no number, what was typed is shown in its place.
  return fields['phone.number'] === undefined ? sameText : fields['phone.number'] === number;
}

/** Whoever is handed a code, or says that an address is verified, confirms it: that is not for the user itself. */
export function authorizeContact(
  path: 'email.address' | 'phone.entered',
  input: EmailInput | PhoneInput | null | undefined,
  user: User | undefined,
  { actor, via }: Context,
): void {
  const confirms = input?.verified || input?.code?.deliver === 'return';
  if (confirms && user && !mayAdminister(actor, user, via.dialect)) throw notPermitted(path);
}

export function decideEmail(
  fields: Fields,
  input: EmailInput | null,
  made: MadeCode | undefined,
  to: Recipient,
  context: Context,
): Part {
  const name = 'code.email';
  if (input === null) {
    const patch = { 'email.address': null, 'email.verifiedAt': null };
    return { patch, vouchesFor: ['email.verifiedAt'], ...dropCode(to, name) };
  }
  const verifiedAt = input.verified ? context.now : null;
  if (sameEmail(fields, input)) {
    if (!input.verified || fields['email.verifiedAt'] !== undefined) return {};
    return { patch: { 'email.verifiedAt': verifiedAt }, ...dropCode(to, name) };
  }
  const address = normaliseEmail(input.address);
  const patch = { 'email.address': address, 'email.verifiedAt': verifiedAt };
  if (input.verified) return { patch, ...dropCode(to, name) };
  const changed = { patch, vouchesFor: ['email.verifiedAt'] } as const;
  if (input.code === undefined) return { ...changed, ...dropCode(to, name) };
  const code = decideCode(name, address, input.code, made, 'email', to, context);
  return { ...changed, ...code, ...(code.plain === undefined ? {} : { codes: { emailCode: code.plain } }) };
}

export function decidePhone(
  fields: Fields,
  input: PhoneInput | null,
  made: MadeCode | undefined,
  to: Recipient,
  context: Context,
): Part {
  const name = 'code.phone';
  if (input === null) {
    const patch = { 'phone.number': null, 'phone.entered': null, 'phone.verifiedAt': null };
    return { patch, vouchesFor: ['phone.verifiedAt'], ...dropCode(to, name) };
  }
  const verifiedAt = input.verified ? context.now : null;
  if (samePhone(fields, input)) {
    if (!input.verified || fields['phone.verifiedAt'] !== undefined) return {};
    return { patch: { 'phone.verifiedAt': verifiedAt }, ...dropCode(to, name) };
  }
  const number = input.number === undefined ? null : normaliseE164(input.number);
  const numbers = { 'phone.number': number, 'phone.entered': normaliseEnteredPhone(input.entered) };
  // Another spelling of the same number is as verified as the number is.
  if (number !== null && number === fields['phone.number']) {
    return { patch: { ...numbers, ...(input.verified ? { 'phone.verifiedAt': verifiedAt } : {}) } };
  }
  const patch = { ...numbers, 'phone.verifiedAt': verifiedAt };
  if (input.verified) return { patch, ...dropCode(to, name) };
  const changed = { patch, vouchesFor: ['phone.verifiedAt'] } as const;
  if (input.code === undefined) return { ...changed, ...dropCode(to, name) };
  const code = decideCode(name, number ?? input.entered, input.code, made, 'text', to, context);
  return { ...changed, ...code, ...(code.plain === undefined ? {} : { codes: { phoneCode: code.plain } }) };
}

/** Stores a made code for its target and, if it is to be sent, its message. A dry run makes none. */
export function decideCode(
  name: CodeName,
  target: string,
  request: CodeRequest,
  made: MadeCode | undefined,
  channel: Channel,
  to: Recipient,
  context: Context,
): Part & { readonly plain?: string } {
  if (context.dryRun) return {};
  if (made === undefined) throw new StaleFacts();
  const { plain, mac, message } = made;
  const expiresAt = later(context.now, codeRules[name].lifetimeMs);
  const kept = name === 'code.invite' && request.deliver === 'send' ? { sent: request } : {};
  const doc = { mac, target, expiresAt, failedAttempts: 0, ...kept };
  const putSecrets = [{ user: to.user, name, revision: 1, doc }];
  if (request.deliver === 'return') return { writes: { putSecrets }, plain };
  if (message === undefined) throw new StaleFacts();
  const waiting: NewMessage = {
    ...message,
    realm: to.realm.key,
    user: to.user,
    channel,
    to: target,
    createdAt: context.now,
    expiresAt: doc.expiresAt,
  };
  return { writes: { putSecrets, putMessages: [waiting] } };
}

function dropCode(to: Recipient, name: CodeName): Part {
  return { writes: { dropSecrets: [{ user: to.user, name }] } };
}
