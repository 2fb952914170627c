import { type Command, type Context, StaleFacts, type State } from '#core/command.ts';
import { DirectoryError } from '#core/errors.ts';
import { sameJson } from '#core/json.ts';
import { mayAdminister, notPermitted } from '#core/policies/authorize.ts';
import type { UserKey } from '#core/user.ts';
import { type Addressee, decideCode, type MadeCode, makeCode } from './contacts.ts';
import { codeNotRequested } from './password.ts';
import { targetOf } from './update-user.ts';
import type { CodeRequest } from './user-input.ts';

export interface RequestInvitationInput {
  readonly user: UserKey;
  /** How the user gets the code; absent: again as it was sent, `code_not_requested` if it was not. */
  readonly request?: CodeRequest;
}

interface InvitationFacts {
  readonly request: CodeRequest;
  readonly made: MadeCode;
}

/** Makes the code of an invitation for a person who cannot sign in yet; a former code for the same ends. */
export const requestInvitation: Command<
  RequestInvitationInput,
  InvitationFacts | undefined,
  { readonly code?: string }
> = {
  name: 'request-invitation',

  touches: ({ user }) => ({ users: [user], secretsOf: [user] }),

  async prepare(input, snapshot, context) {
    const { request, recipient } = invitationOf(input, snapshot, context);
    return context.dryRun ? undefined : { request, made: makeCode('code.invite', request, recipient, context) };
  },

  decide(state, input, facts, context) {
    const { request, recipient, address, fields } = invitationOf(input, state, context);
    if (facts && !sameJson(facts.request, request)) throw new StaleFacts();
    const made = decideCode('code.invite', address, request, facts?.made, 'email', recipient, context);
    const result = made.plain === undefined ? {} : { code: made.plain };
    return { user: { key: input.user, fields }, writes: made.writes ?? {}, result };
  },
};

function invitationOf({ user: key, request: asked }: RequestInvitationInput, state: State, context: Context) {
  const { ids, realm, user } = targetOf({ user: key, kind: 'human' }, state, context);
  if (asked && !mayAdminister(context.actor, user, context.via.dialect)) throw notPermitted();
  if (user.fields['password.setAt'] !== undefined) {
    throw new DirectoryError('failed_precondition', 'The user has a password already: it needs no invitation.', {
      reason: 'user_has_password',
    });
  }
  const request = asked ?? state.secret(key, 'code.invite')?.doc.sent;
  if (request === undefined) throw codeNotRequested();
  const address = user.fields['email.address'];
  if (address === undefined) {
    throw new DirectoryError('failed_precondition', 'The user has no mail address.', { reason: 'email_missing' });
  }
  const recipient: Addressee = { user: key, ids, realm, fields: user.fields };
  return { request, recipient, address, fields: user.fields };
}
