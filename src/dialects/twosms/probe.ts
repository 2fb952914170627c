import { type Call, type Probe, ProbeError } from '#dialects/probe.ts';

type Members = Readonly<Record<string, unknown>>;

/**
 * Drives this dialect over its own wire. The portal's API creates, locks and deletes no users. An echo goes out as XML
 * and comes back as XML, the format that differs most from the others.
 */
export const probe: Probe = {
  read: async (call, id) => JSON.parse(await send(call, id, 'application/json')).ResponseData.Detail,

  update: async (call, id, { username, email, phone, password }) => {
    const shown: Members = await probe.read(call, id);
    const change = { Username: username, EmailAddress: email, MobilePhone: phone, Password: password };
    const body = { ...shown, ...JSON.parse(JSON.stringify(change)) };
    await send(call, id, 'application/json', JSON.stringify(body));
  },

  echo: async (call, id) => {
    const shown = await send(call, id, 'text/xml');
    const [, detail = ''] = /<Detail>(.*)<\/Detail>/s.exec(shown) ?? [];
    const body = `<User xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">${detail}</User>`;
    await send(call, id, 'text/xml', body);
  },
};

/** Reads the user, or with a body updates it; answers the body of a success. */
async function send({ origin, token }: Call, id: string, type: string, body?: string): Promise<string> {
  const answer = await fetch(`${origin}/api/v1/admin/users/${id}`, {
    headers: { authorization: `Bearer ${token}`, accept: type, 'content-type': type },
    ...(body === undefined ? {} : { method: 'PUT', body }),
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new ProbeError(answer.status, text);
  return text;
}
