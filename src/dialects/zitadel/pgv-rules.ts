import { type DescEnum, type DescMessage, isFieldSet, type MessageShape } from '@bufbuild/protobuf';
import {
  BoolRulesSchema,
  BytesRulesSchema,
  EnumRulesSchema,
  type FieldRules,
  RepeatedRulesSchema,
  StringRulesSchema,
  TimestampRulesSchema,
} from '@zitadel/proto/validate/validate_pb.js';
import { isMailAddress } from './mail-address.ts';

/** Answers what is wrong with a value, or undefined. */
export interface ValueCheck {
  (value: unknown): string | undefined;
  /** It also judges a value that is not there. */
  ofAbsent?: boolean;
}

/** The check that a field's rules ask for. Throws, at start, for a rule that is not known here: none is skipped. */
export function valueCheckOf({ type }: FieldRules, names?: DescEnum): ValueCheck | undefined {
  switch (type.case) {
    case undefined:
      return undefined;
    case 'string':
      known(StringRulesSchema, type.value, 'minLen', 'maxLen', 'email');
      return stringCheck(
        isFieldSet(type.value, StringRulesSchema.field.minLen) ? Number(type.value.minLen) : undefined,
        isFieldSet(type.value, StringRulesSchema.field.maxLen) ? Number(type.value.maxLen) : undefined,
        type.value.wellKnown.case === 'email',
      );
    case 'bytes':
      known(BytesRulesSchema, type.value, 'minLen', 'maxLen');
      return bytesCheck(
        isFieldSet(type.value, BytesRulesSchema.field.minLen) ? Number(type.value.minLen) : undefined,
        isFieldSet(type.value, BytesRulesSchema.field.maxLen) ? Number(type.value.maxLen) : undefined,
      );
    case 'bool':
      known(BoolRulesSchema, type.value, 'const');
      return (value) => (value === type.value.const ? undefined : `value must equal ${type.value.const}`);
    case 'enum':
      known(EnumRulesSchema, type.value, 'definedOnly');
      return (value) => (names?.value[value as number] ? undefined : 'value must be one of the defined enum values');
    case 'timestamp':
      known(TimestampRulesSchema, type.value, 'required');
      return Object.assign((value: unknown) => (value === undefined ? 'value is required' : undefined), {
        ofAbsent: true,
      });
    default:
      throw new Error(`No check for rules of ${type.case}.`);
  }
}

/** The check that a list's rules ask for each of its items. */
export function itemCheckOf({ type }: FieldRules): ValueCheck | undefined {
  if (type.case !== 'repeated') throw new Error(`A list has rules of ${type.case}.`);
  known(RepeatedRulesSchema, type.value, 'items');
  return type.value.items && valueCheckOf(type.value.items);
}

function known<Desc extends DescMessage>(desc: Desc, given: MessageShape<Desc>, ...names: string[]): void {
  const strange = desc.fields.find((field) => isFieldSet(given, field) && !names.includes(field.localName));
  if (strange !== undefined) throw new Error(`No check for the rule ${desc.name}.${strange.name}.`);
}

function stringCheck(min: number | undefined, max: number | undefined, isMail: boolean): ValueCheck {
  const tooShortOrLong = lengthReason(min, max, 'runes');
  return (value) => {
    const text = value as string;
    // A rune has one or two UTF-16 units, so that the costly count is needed only near the limits.
    const near = (max !== undefined && text.length > max) || (min !== undefined && text.length < 2 * min);
    const runes = near && text.length > 0 ? [...text].length : text.length;
    if ((min !== undefined && runes < min) || (max !== undefined && runes > max)) return tooShortOrLong;
    return isMail && !isMailAddress(text) ? 'value must be a valid email address' : undefined;
  };
}

function bytesCheck(min: number | undefined, max: number | undefined): ValueCheck {
  const reason = lengthReason(min, max, 'bytes');
  return (value) => {
    const { length } = value as Uint8Array;
    return length < (min ?? 0) || length > (max ?? Number.POSITIVE_INFINITY) ? reason : undefined;
  };
}

function lengthReason(min: number | undefined, max: number | undefined, unit: string): string {
  if (min === undefined) return `value length must be at most ${max} ${unit}`;
  if (max === undefined) return `value length must be at least ${min} ${unit}`;
  return `value length must be between ${min} and ${max} ${unit}, inclusive`;
}
