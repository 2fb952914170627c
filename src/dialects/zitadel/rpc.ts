import type { DialectHost } from '#dialects/dialect.ts';
import { UserService } from './descriptors.ts';
import type { Invoke } from './invoke.ts';
import { type Route, routes } from './routes.ts';
import type { RpcCalls } from './rpc-calls.ts';

/**
 * Answers all operations over gRPC, gRPC-Web and Connect: `POST /zitadel.user.v2.UserService/UpdateHumanUser`. What
 * knows these protocols is loaded with the first call, so that a start does not wait for it.
 */
export async function registerRpc(host: DialectHost, invokerOf: (route: Route) => Invoke): Promise<void> {
  let loading: Promise<RpcCalls> | undefined;
  const calls = (): Promise<RpcCalls> => {
    loading ??= import('./rpc-calls.ts').then(({ rpcCalls }) => rpcCalls(host, invokerOf));
    return loading;
  };
  await host.http.register(
    async (part) => {
      part.setErrorHandler(async (error, request, reply) => (await calls()).refuse(error, request, reply));
      part.setNotFoundHandler(async (request, reply) => {
        if (request.method !== 'POST') return reply.code(405).header('allow', 'POST').send();
        return (await calls()).refuseUnknown(request, reply);
      });
      for (const { rpc } of routes) {
        part.post(`/${UserService.method[rpc].name}`, { config: { rpc } }, async (request, reply) =>
          (await calls()).answer(rpc, request, reply),
        );
      }
    },
    { prefix: `/${UserService.typeName}` },
  );
}
