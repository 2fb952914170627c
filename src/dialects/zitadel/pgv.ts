import { type DescField, type DescMessage, getOption, hasOption, type MessageShape } from '@bufbuild/protobuf';
import { required, rules } from '@zitadel/proto/validate/validate_pb.js';
import { lazily } from '#core/lazily.ts';
import { itemCheckOf, type ValueCheck, valueCheckOf } from './pgv-rules.ts';

/** One broken rule. */
export interface Violation {
  /** The member in the JSON body: `profile.givenName`. */
  readonly path: string;
  /** As protoc-gen-validate words it for Go: `invalid SetHumanProfile.GivenName: …`. */
  readonly text: string;
}

type Shape = Readonly<Record<string, unknown>>;
type Check = (message: Shape, path: string, found: Violation[]) => void;

/**
 * The rules that stand in a message type's options (protoc-gen-validate), compiled at the first use. The validator answers
 * every broken rule, in the order in which the generated Go code would meet them: plain members, oneofs, optional members.
 */
export function validatorOf<Desc extends DescMessage>(
  desc: Desc,
): (message: MessageShape<Desc>) => readonly Violation[] {
  const check = lazily(() => messageCheck(desc));
  return (message) => {
    const found: Violation[] = [];
    check()(message as unknown as Shape, '', found);
    return found;
  };
}

/** By their types: a message may hold itself, and callers choose how deep it does. */
const messageChecks = new WeakMap<DescMessage, Check>();

function messageCheck(desc: DescMessage): Check {
  const known = messageChecks.get(desc);
  if (known) return known;
  const compiled = compiledCheck(desc);
  messageChecks.set(desc, compiled);
  return compiled;
}

function compiledCheck(desc: DescMessage): Check {
  const plain = desc.fields.filter((field) => field.oneof === undefined && !field.proto.proto3Optional);
  const optional = desc.fields.filter((field) => field.proto.proto3Optional);
  const checks = [...plain.flatMap(fieldCheck), ...oneofChecks(desc), ...optional.flatMap(fieldCheck)];
  return (message, path, found) => {
    for (const check of checks) check(message, path, found);
  };
}

function oneofChecks(desc: DescMessage): Check[] {
  return desc.oneofs.flatMap((oneof) => {
    const members = oneof.fields.flatMap(fieldCheck);
    if (!hasOption(oneof, required) || !getOption(oneof, required)) return members;
    const report = reporter(desc, goName(oneof.name), oneof.localName);
    const present: Check = (message, path, found) => {
      if (valueIn(message, oneof.localName) === undefined) report(path, 'value is required', found);
    };
    return [present, ...members];
  });
}

function fieldCheck(field: DescField): Check[] {
  const fieldRules = hasOption(field, rules) ? getOption(field, rules) : undefined;
  const report = reporter(field.parent, goName(field.name), field.jsonName);
  if (field.fieldKind === 'list') return listCheck(field, fieldRules && itemCheckOf(fieldRules));
  const check = fieldRules && valueCheckOf(fieldRules, field.enum);
  const own: Check[] = check ? [scalarCheck(field, check, report)] : [];
  if (field.fieldKind !== 'message') return own;
  const needed = fieldRules?.message?.required === true;
  return [...own, embeddedCheck(field, needed, report)];
}

function scalarCheck(field: DescField, check: ValueCheck, report: Report): Check {
  return (message, path, found) => {
    const value = readField(message, field);
    const reason = value === undefined && !check.ofAbsent ? undefined : check(value);
    if (reason !== undefined) report(path, reason, found);
  };
}

function embeddedCheck(field: DescField & { fieldKind: 'message' }, needed: boolean, report: Report): Check {
  const inner = embedded(field.message, report);
  return (message, path, found) => {
    const value = readField(message, field);
    if (value !== undefined) inner(value as Shape, path, `${path}${field.jsonName}.`, found);
    else if (needed) report(path, 'value is required', found);
  };
}

function listCheck(field: DescField & { fieldKind: 'list' }, check: ValueCheck | undefined): Check[] {
  if (check === undefined && field.message === undefined) return [];
  return [
    (message, path, found) => {
      for (const [index, value] of ((message[field.localName] ?? []) as unknown[]).entries()) {
        const report = reporter(field.parent, `${goName(field.name)}[${index}]`, `${field.jsonName}[${index}]`);
        const reason = check?.(value);
        if (reason !== undefined) report(path, reason, found);
        if (field.message === undefined) continue;
        embedded(field.message, report)(value as Shape, path, `${path}${field.jsonName}[${index}].`, found);
      }
    },
  ];
}

/** Checks a message inside another; what is wrong in it is told with the way there. */
function embedded(desc: DescMessage, report: Report) {
  let check: Check | undefined;
  return (value: Shape, path: string, innerPath: string, found: Violation[]): void => {
    check ??= messageCheck(desc);
    const inside: Violation[] = [];
    check(value, innerPath, inside);
    for (const { path: at, text } of inside) {
      report(path, `embedded message failed validation | caused by: ${text}`, found, at);
    }
  };
}

type Report = (path: string, reason: string, found: Violation[], at?: string) => void;

function reporter(desc: DescMessage, goField: string, member: string): Report {
  const where = `invalid ${goMessage(desc)}.${goField}`;
  return (path, reason, found, at) => found.push({ path: at ?? path + member, text: `${where}: ${reason}` });
}

function readField(message: Shape, field: DescField): unknown {
  return field.oneof === undefined
    ? message[field.localName]
    : valueIn(message, field.oneof.localName, field.localName);
}

function valueIn(message: Shape, oneof: string, member?: string): unknown {
  const chosen = message[oneof] as { case: string | undefined; value?: unknown };
  return member === undefined || chosen.case === member ? chosen.value : undefined;
}

/** `SetHumanProfile`; a message inside another is `CreateUserRequest_Human`. */
function goMessage(desc: DescMessage): string {
  return desc.parent === undefined ? desc.name : `${goMessage(desc.parent)}_${desc.name}`;
}

/** `given_name` is `GivenName`, `u2f_id` is `U2FId`. */
function goName(name: string): string {
  return name.replace(/(?:^|_|(?<=\d))([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
