import type { Json } from '#core/json.ts';
import type { Token } from '#core/token.ts';

/** What a token of this dialect says of itself: a personal one nothing more, one of `/oauth/v2/token` its scopes. */
export type TokenRights = { readonly type: 'personal' } | { readonly type: 'granted'; readonly scope: string };

export const personalRights: { readonly type: 'personal' } = { type: 'personal' };

export function grantedRights(scopes: readonly string[]): Json {
  return { type: 'granted', scope: scopes.join(' ') };
}

export function isPersonal({ rights, use }: Pick<Token, 'rights' | 'use'>): boolean {
  return use === 'access' && (rights as Partial<TokenRights> | null)?.type === 'personal';
}

/** The scopes of a token that was granted; undefined for any other, which is limited to none. */
export function scopesOf(rights: Json): readonly string[] | undefined {
  const { type, scope = '' } = (rights ?? {}) as { type?: string; scope?: string };
  return type === 'granted' ? scope.split(' ').filter((one) => one !== '') : undefined;
}
