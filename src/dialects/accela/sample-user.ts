import type { Fields } from '#core/patch.ts';
import type { Realm } from '#core/realm.ts';
import type { User } from '#core/user.ts';

/** A realm for tests of what is pure. */
export function sampleRealm(timeZone = 'UTC', region = 'US'): Realm {
  return {
    key: 1,
    ids: { accela: 'MAIN' },
    version: 1,
    digest: '',
    createdAt: '2026-11-21T10:00:00.000Z',
    changedAt: '2026-11-21T10:00:00.000Z',
    fields: { name: 'main', language: 'en', region, timeZone },
  };
}

/** A user for tests of what is pure. */
export function sampleUser(fields: Fields = {}): User {
  return {
    key: 7,
    realm: 1,
    kind: 'human',
    ids: { accela: '7' },
    version: 1,
    digest: '',
    createdAt: '2026-11-21T10:00:00.123Z',
    changedAt: '2026-11-21T10:00:00.123Z',
    fields: { username: 'minnie', lifecycle: 'active', ...fields },
    activity: { failedAttempts: 0 },
  };
}

/** A user that has everything that this dialect shows. */
export const fullUser: User = sampleUser({
  'email.address': 'mini@mouse.com',
  'phone.number': '+19255518131',
  'phone.entered': '925-551-8131',
  acceptsTextMessages: true,
  securityQuestions: [
    { question: 'First pet?', order: '1', answerSetAt: '2026-11-21T10:00:00.000Z' },
    { question: 'First car?', order: '2' },
  ],
  registeredAt: '2015-02-09T16:23:58.789Z',
  'extensions.accela.role': 'CITIZEN',
});
