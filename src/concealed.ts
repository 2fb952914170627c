import { inspect } from 'node:util';

/** A secret that cannot be printed by accident: only `reveal` gives it. */
export interface Concealed<Value> {
  reveal(): Value;
}

const mask = '[secret]';

export function conceal<Value>(value: Value): Concealed<Value> {
  return Object.freeze({
    reveal: () => value,
    toString: () => mask,
    toJSON: () => mask,
    [inspect.custom]: () => mask,
  });
}
