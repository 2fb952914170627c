import { Code, ConnectError } from '@connectrpc/connect';
import { CredentialsCheckErrorSchema, ErrorDetailSchema } from '@zitadel/proto/zitadel/message_pb.js';
import { DirectoryError } from '#core/errors.ts';
import { internalError, renderError, type StatusBody } from './errors.ts';
import type { Rpc } from './http-rules.ts';

/** An error as Connect, gRPC and gRPC-Web have it: what REST shows, with its details as messages. */
export function rpcErrorOf(error: unknown, rpc: Rpc | undefined, language: string | undefined): ConnectError {
  if (error instanceof ConnectError) return error;
  if (!(error instanceof DirectoryError)) return connectErrorOf(internalError(language).body);
  const { body } = renderError(error, rpc, language);
  return connectErrorOf(error.reason === 'body_too_large' ? { ...body, code: Code.ResourceExhausted } : body);
}

const detailTypes = [CredentialsCheckErrorSchema, ErrorDetailSchema];

function connectErrorOf({ code, message, details = [] }: StatusBody): ConnectError {
  const outgoing = details.flatMap(({ '@type': type, ...value }) => {
    const desc = detailTypes.find(({ typeName }) => type === `type.googleapis.com/${typeName}`);
    return desc === undefined ? [] : [{ desc, value }];
  });
  return new ConnectError(message, code, undefined, outgoing);
}
