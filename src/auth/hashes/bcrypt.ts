import { verify } from '@node-rs/bcrypt';
import type { Family } from './family.ts';

/** Of one core; a cost of 14 is ZITADEL's own default. */
const msPerRound = 0.06;

/** 16 bytes of salt and 23 of digest, whose last characters hold two bits and four. */
const form = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{30}[.CGKOSWaeimquy26]$/;

/** bcrypt under its three names. It looks at the first 72 bytes of a password. */
export const bcrypt: Family = {
  prefix: /^\$2[aby]\$/,
  form: '$2b$12$ and 53 characters',
  read: (text) => {
    const cost = Number(form.exec(text)?.[1]);
    if (!(cost >= 4 && cost <= 31)) return undefined;
    return {
      parameters: [['cost', cost, 10, 16]],
      cost: { ms: 2 ** cost * msPerRound, memoryKiB: 4 },
      matches: (password) => verify(password, text),
    };
  },
};
