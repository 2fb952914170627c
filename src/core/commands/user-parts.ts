import type { Context, PrepareContext, State, Touches } from '#core/command.ts';
import { DirectoryError, invalidField } from '#core/errors.ts';
import { mergeJson } from '#core/json.ts';
import { nameKey } from '#core/names.ts';
import { applyPatch, type Fields, normalisePatch, type UserPatch } from '#core/patch.ts';
import { mayAdminister, notPermitted } from '#core/policies/authorize.ts';
import type { Realm } from '#core/realm.ts';
import { namesOf, type User, type UserKey } from '#core/user.ts';
import {
  type Addressee,
  authorizeContact,
  decideEmail,
  decidePhone,
  type MadeCode,
  makeCode,
  type Recipient,
  sameEmail,
  samePhone,
} from './contacts.ts';
import { authorizeMetadata, decideMetadata } from './metadata.ts';
import type { Part } from './part.ts';
import { decidePassword, type PasswordFacts, preparePassword } from './password.ts';
import { decidePin, type PinFacts, preparePin } from './pin.ts';
import { type AnswerFacts, decideQuestions, prepareAnswers } from './questions.ts';
import { decideTotp, prepareTotp, type TotpFacts } from './totp.ts';
import type { StateInput, UserInput } from './user-input.ts';

/** Whom a command is about: a user that is there, or one that is about to be. */
export interface Target {
  readonly key: UserKey;
  readonly ids: Readonly<Record<string, string>>;
  readonly realm: Realm;
  readonly user: User | undefined;
}

/** What `prepare` found out or made. */
export interface UserFacts {
  readonly emailCode?: MadeCode;
  readonly phoneCode?: MadeCode;
  readonly password?: PasswordFacts;
  readonly pin?: PinFacts;
  readonly totp?: TotpFacts;
  readonly answers?: AnswerFacts;
}

/** The comparison keys of the names that an input may claim. */
export function claimedNames({ patch = {}, loginName }: UserInput): string[] {
  const names = namesOf(patch as Fields);
  if (loginName) names.push(loginName.name);
  return names.map(nameKey);
}

/** Whether the user's secrets must be read. */
export function touchesSecrets(input: UserInput, user: UserKey): Touches {
  const { password, pin, securityQuestions } = input;
  return password !== undefined || pin !== undefined || securityQuestions !== undefined ? { secretsOf: [user] } : {};
}

/** Whether anything of the input needs `prepare`. */
export function needsPreparing({ email, phone, password, pin, totp, securityQuestions }: UserInput): boolean {
  return Boolean(email?.code || phone?.code || password || typeof pin === 'string' || totp || securityQuestions);
}

/** Makes codes, checks and hashes passwords, seals PINs. */
export async function prepareParts(
  input: UserInput,
  { key, ids, realm, user }: Target,
  state: State,
  context: PrepareContext,
): Promise<UserFacts> {
  const { email, phone, password, pin, totp, securityQuestions } = input;
  const fields = user?.fields ?? {};
  const to: Addressee = { user: key, ids, realm, fields: applyPatch(fields, input.patch ?? {}) };
  authorizeContact('email.address', email, user, context);
  authorizeContact('phone.entered', phone, user, context);
  if (input.metadata) authorizeMetadata(user, context);
  const needsEmailCode = email?.code && !context.dryRun && !email.verified && !sameEmail(fields, email);
  const needsPhoneCode = phone?.code && !context.dryRun && !phone.verified && !samePhone(fields, phone);
  return {
    ...(needsEmailCode ? { emailCode: makeCode('code.email', email.code, to, context) } : {}),
    ...(needsPhoneCode ? { phoneCode: makeCode('code.phone', phone.code, to, context) } : {}),
    ...(password ? { password: await preparePassword(password, user, realm, state, context) } : {}),
    ...(typeof pin === 'string' ? { pin: preparePin(pin, key, state, context) } : {}),
    ...(totp ? { totp: prepareTotp(totp, key, context) } : {}),
    ...(securityQuestions && !context.dryRun ? { answers: prepareAnswers(securityQuestions, key, context) } : {}),
  };
}

/** Decides every part of the input but the names' uniqueness, in the order in which callers are told of errors. */
export function decideParts(
  input: UserInput,
  { key, ids, realm, user }: Target,
  facts: UserFacts,
  state: State,
  context: Context,
): Part[] {
  const { email, phone, password, pin, totp, securityQuestions: questions, metadata } = input;
  const fields = user?.fields ?? {};
  const to: Recipient = { user: key, ids, realm };
  authorizeContact('email.address', email, user, context);
  authorizeContact('phone.entered', phone, user, context);
  return [
    ...(metadata === undefined ? [] : [{ metadata: decideMetadata(metadata, user, context) }]),
    { patch: plainPatch(input, fields, context) },
    ...(email === undefined ? [] : [decideEmail(fields, email, facts.emailCode, to, context)]),
    ...(phone === undefined ? [] : [decidePhone(fields, phone, facts.phoneCode, to, context)]),
    ...(pin === undefined ? [] : [decidePin(pin, facts.pin, key, user, state, context)]),
    ...(totp === undefined ? [] : [decideTotp(facts.totp, key, user, context)]),
    ...(questions === undefined ? [] : [decideQuestions(questions, facts.answers, key, user, state, context)]),
    ...(input.state === undefined ? [] : [decideState(input.state, key, user, context)]),
    ...(password ? [decidePassword(password, facts.password, key, user, state, context)] : []),
  ];
}

/** Paths that have rules of their own, and therefore members of their own in `UserInput`. */
const ruledPaths =
  /^((email|phone|password|pin|totp|accessToken|clientSecret|keys|metadata)\.|(lifecycle|disabledAt|lockedAt|securityQuestions|owner)$)/;

function plainPatch(input: UserInput, fields: Fields, context: Context): UserPatch {
  const { patch = {}, mergeData, loginName, administers } = input;
  const ruled = Object.keys(patch).find((path) => ruledPaths.test(path));
  if (ruled !== undefined) throw invalidField(ruled, `${ruled} cannot be written directly.`, 'field_read_only');
  if (patch.username === null) throw invalidField('username', 'username must not be cleared.', 'field_required');
  const merged = {
    ...patch,
    ...(mergeData ? { data: mergeJson(fields.data, mergeData) } : {}),
    ...(loginName ? { [loginNamePath(loginName.dialect, fields)]: loginName.name } : {}),
    ...(administers ? { administers: granted(fields.administers ?? [], administers) } : {}),
  };
  return normalisePatch(merged as UserPatch, context.table);
}

function loginNamePath(dialect: string, fields: Fields): string {
  const own = `loginNames.${dialect}` as const;
  return fields[own] === undefined ? 'username' : own;
}

function granted(present: readonly string[], changes: Readonly<Record<string, boolean>>): string[] | null {
  const next = new Set(present);
  for (const [dialect, has] of Object.entries(changes)) {
    if (has) next.add(dialect);
    else next.delete(dialect);
  }
  return next.size === 0 ? null : [...next].sort();
}

/** Locks, disables or activates. The owner of the directory stays able to act, else nobody could put things right. */
export function decideState(input: StateInput, key: UserKey, user: User | undefined, context: Context): Part {
  const { now, actor, via } = context;
  const field = input.disabled === undefined ? 'lockedAt' : 'disabledAt';
  if (user && !mayAdminister(actor, user, via.dialect)) throw notPermitted(field);
  const { lockedAt, disabledAt, lifecycle, owner } = user?.fields ?? {};
  if (owner && (input.locked || input.disabled)) {
    throw new DirectoryError('failed_precondition', 'The owner of the directory cannot be locked or disabled.', {
      reason: 'last_owner',
    });
  }
  const patch: UserPatch = {
    ...(input.locked === undefined ? {} : { lockedAt: input.locked ? (lockedAt ?? now) : null }),
    ...(input.disabled === undefined ? {} : { disabledAt: input.disabled ? (disabledAt ?? now) : null }),
    ...(input.activate && lifecycle === 'initial' ? { lifecycle: 'active' } : {}),
  };
  const startsAnew = input.locked === false && user !== undefined && user.activity.failedAttempts > 0;
  if (!startsAnew) return { patch };
  return { patch, writes: { activity: { user: key, activity: { ...user.activity, failedAttempts: 0 } } } };
}
