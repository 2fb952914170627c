/** One member of the vendor's User, as its help page describes it. */
interface Description {
  readonly name: string;
  readonly type: 'guid' | 'date' | 'boolean' | 'text' | 'enumeration';
  readonly required?: true;
  /** Read and bound, then ignored: the server owns it. */
  readonly ignored?: true;
  /** The JSON serializer does not know it. */
  readonly xmlOnly?: true;
}

const rows = [
  { name: 'ID', type: 'guid', ignored: true },
  { name: 'AgreementDate', type: 'date', ignored: true },
  { name: 'AccountID', type: 'guid', ignored: true },
  { name: 'AdminUser', type: 'boolean' },
  { name: 'DateCreated', type: 'date', ignored: true },
  { name: 'DateModified', type: 'date', ignored: true },
  { name: 'DeclineDate', type: 'date', ignored: true },
  { name: 'DisplayName', type: 'text', required: true },
  { name: 'DPAVersion', type: 'text', ignored: true },
  { name: 'EmailAddress', type: 'text', required: true },
  { name: 'Enabled', type: 'boolean', required: true },
  { name: 'LanguageID', type: 'guid', required: true },
  { name: 'Language', type: 'text', ignored: true, xmlOnly: true },
  { name: 'MobilePhone', type: 'text', required: true },
  { name: 'Password', type: 'text' },
  { name: 'Pin', type: 'text' },
  { name: 'Preferences', type: 'enumeration' },
  { name: 'PrivacyPolicyVersion', type: 'text', ignored: true },
  { name: 'SSOEnabled', type: 'boolean' },
  { name: 'TimeZone', type: 'text', required: true },
  { name: 'Username', type: 'text', required: true },
  { name: 'UserPassword', type: 'text' },
] as const satisfies readonly Description[];

type Row = (typeof rows)[number];
export type MemberName = Row['name'];
export type MemberType = Row['type'];
export type Member = Description & { readonly name: MemberName };
/** The members that a caller can change. */
export type WritableName = Exclude<Row, { ignored: true }>['name'];

/** The members of User in the order of the vendor's sample. */
export const members: readonly Member[] = rows;

/** Stands for an object or a list where a single value belongs. */
export const structure = { structure: true } as const;

/** A member's value as sent: text from XML and forms, from JSON also numbers and booleans. */
export type SentValue = null | string | number | boolean | typeof structure;

/** A request body as sent, whatever its format: a member that is absent is not in it, null is null. */
export type SentUser = ReadonlyMap<MemberName, SentValue>;

/** A user as this dialect shows it, in the order of the members. */
export type ShownUser = Readonly<Record<MemberName, null | string | number | boolean>>;

/** What a fixed PIN shows as; sent back, it keeps the PIN. */
export const mask = '******';
