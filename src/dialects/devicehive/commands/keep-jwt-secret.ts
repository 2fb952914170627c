import { type Command, StaleFacts } from '#core/command.ts';

const record = { dialect: 'devicehive', kind: 'setting', id: 'jwt-secret' };

/** What the kept secret is sealed for. */
export const jwtSecretPurpose = 'devicehive jwt-secret';

/** Makes the secret of the JWTs at the first start and keeps it; answers it, sealed. */
export const keepJwtSecret: Command<undefined, string, string> = {
  name: 'keep-jwt-secret',

  touches: () => ({ records: [record] }),

  async prepare(_input, _snapshot, { random, sealer }) {
    return sealer.seal(Buffer.from(random.bytes(32)).toString('base64'), jwtSecretPurpose);
  },

  decide(state, _input, fresh, { actor }) {
    const kept = state.record(record.dialect, record.kind, record.id);
    if (typeof kept?.doc === 'string') return { result: kept.doc };
    if (fresh === undefined) throw new StaleFacts();
    return {
      writes: { putRecords: [{ ...record, realm: actor.realm, version: 1, doc: fresh }] },
      result: fresh,
    };
  },
};
