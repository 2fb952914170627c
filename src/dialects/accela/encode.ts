import type { SecurityQuestion } from '#core/fields.ts';
import type { PageRequest } from '#core/filter.ts';
import type { Json, JsonObject } from '#core/json.ts';
import { splitPhone } from '#core/phone.ts';
import type { Realm } from '#core/realm.ts';
import { loginNameIn, stateOf, type User } from '#core/user.ts';
import { formatRegisterDate } from './register-date.ts';

/** Stands for an answer that there is; sent back, it keeps that answer. */
export const answerMask = '******';

/** The vendor's profile of a citizen user. What has no value is left out. */
export type Citizen = {
  readonly email?: string;
  readonly id: number;
  readonly loginName: string;
  readonly mobilePhone?: string;
  readonly mobilePhoneCountryCode?: string;
  readonly questions?: readonly Question[];
  readonly receiveSMS?: 'Y' | 'N';
  readonly registerDate: string;
  readonly role?: string;
};

export type Question = {
  readonly answer?: string;
  readonly order?: string;
  readonly question: string;
};

/** What the profile shows of the phone. */
export type MobilePhone = Pick<Citizen, 'mobilePhone' | 'mobilePhoneCountryCode'>;

/** The whole profile, its members in the order of the vendor's page. */
export function encodeCitizen(user: User, realm: Realm): Citizen {
  const { fields } = user;
  const role = fields['extensions.accela.role'];
  const questions = fields.securityQuestions ?? [];
  return {
    ...(fields['email.address'] === undefined ? {} : { email: fields['email.address'] }),
    id: Number(user.ids['accela']),
    loginName: loginNameIn('accela', user),
    ...encodeMobilePhone(user),
    ...(questions.length === 0 ? {} : { questions: questions.map(encodeQuestion) }),
    ...(fields.acceptsTextMessages === undefined ? {} : { receiveSMS: fields.acceptsTextMessages ? 'Y' : 'N' }),
    registerDate: formatRegisterDate(registeredAt(user), realm.fields.timeZone),
    ...(typeof role === 'string' ? { role } : {}),
  };
}

/** A user in a list: without questions and country code, and with `active`. */
export function encodeListed(user: User, realm: Realm): JsonObject {
  const { questions, mobilePhoneCountryCode, ...listed } = encodeCitizen(user, realm);
  return { ...listed, active: stateOf(user) === 'active' ? 'Yes' : 'No' };
}

/** National digits beside the country code; a number that is no valid one whole, as it was entered. */
export function encodeMobilePhone({ fields }: Pick<User, 'fields'>): MobilePhone {
  const { 'phone.number': number, 'phone.entered': entered } = fields;
  const split = number === undefined ? undefined : splitPhone(number);
  if (split !== undefined) return { mobilePhone: split.national, mobilePhoneCountryCode: split.callingCode };
  const whole = number ?? entered;
  return whole === undefined ? {} : { mobilePhone: whole };
}

/** When the user registered: when it was created, unless somebody has said otherwise. */
export function registeredAt(user: User): string {
  return user.fields.registeredAt ?? user.createdAt;
}

function encodeQuestion({ question, order, answerSetAt }: SecurityQuestion): Question {
  return {
    ...(answerSetAt === undefined ? {} : { answer: answerMask }),
    ...(order === undefined ? {} : { order }),
    question,
  };
}

/** Keeps the members that were asked for; `id` is always among them. */
export function pickFields(result: JsonObject, wanted: ReadonlySet<string> | undefined): JsonObject {
  if (wanted === undefined) return result;
  return Object.fromEntries(Object.entries(result).filter(([name]) => name === 'id' || wanted.has(name)));
}

/** The envelope of a success. */
export function encodeResult(result: Json): JsonObject {
  return { status: 200, result };
}

/** The envelope of a list; the vendor's servers send `hasmore` in small letters. */
export function encodePage(
  result: readonly JsonObject[],
  { offset, limit }: PageRequest,
  hasmore: boolean,
): JsonObject {
  return { result, status: 200, page: { offset, limit, hasmore } };
}
