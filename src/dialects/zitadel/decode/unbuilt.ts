import type { IDPLink } from '@zitadel/proto/zitadel/user/v2/idp_pb.js';
import { DirectoryError } from '#core/errors.ts';
import type { Fault } from './faults.ts';

interface MaybeUnbuilt {
  readonly idpLinks: readonly IDPLink[];
}

/** What a request asks for that is not built, each member as a fault. */
export function unbuiltParts({ idpLinks }: MaybeUnbuilt): Fault[] {
  const sent = { idpLinks: idpLinks.length > 0 };
  return Object.entries(sent)
    .filter(([, isSent]) => isSent)
    .map(([path]) => ({ path, error: notBuilt(`${path} is not implemented here: leave it out`, path) }));
}

function notBuilt(text: string, field: string): DirectoryError {
  return new DirectoryError('unimplemented', text, { reason: 'not_built', field });
}
