import { test } from 'node:test';
import { between, broken, type Expected, fault, openTarget, type Request } from './hostile-target.ts';

const ofUser = (path: string) => (body: object, expected: Expected) => ({ path, body, expected });

test('bodies that the other operations do not take', async (t) => {
  const target = await openTarget(t);
  const reset = ofUser('password_reset');
  const invite = ofUser('invite_code');
  const types = 'NOTIFICATION_TYPE_Unspecified, NOTIFICATION_TYPE_Email, NOTIFICATION_TYPE_SMS';
  const cases = [
    reset({ sendLink: {}, returnCode: {} }, fault('sendLink, returnCode exclude each other: send one of them.')),
    reset({ sendLink: 'x' }, fault('sendLink must be a JSON object.')),
    reset({ returnCode: true }, fault('returnCode must be a JSON object.')),
    reset({ sendLink: { notificationType: 'PIGEON' } }, fault(`sendLink.notificationType must be one of ${types}.`)),
    reset({ sendLink: { urlTemplate: '{{' } }, 'DOMAIN-oGh5e'),
    reset(
      { sendLink: { urlTemplate: 'x'.repeat(201) } },
      broken(between(1, 200), 'PasswordResetRequest.SendLink', 'SendPasswordResetLink.UrlTemplate'),
    ),
    invite({ sendCode: {}, returnCode: {} }, fault('sendCode, returnCode exclude each other: send one of them.')),
    invite({ sendCode: { urlTemplate: '{{' } }, 'DOMAIN-oGh5e'),
    invite(
      { sendCode: { applicationName: 'x'.repeat(201) } },
      broken(between(1, 200), 'CreateInviteCodeRequest.SendCode', 'SendInviteCode.ApplicationName'),
    ),
    ...(
      [
        ['email', 'COMMAND-eis9R'],
        ['invite_code', 'COMMAND-Wgn4q'],
        ['phone', 'COMMAND-eis9R'],
      ] as const
    ).flatMap(([what, unknownCode]) => {
      const verify = ofUser(`${what}/verify`);
      const name = { email: 'VerifyEmail', invite_code: 'VerifyInviteCode', phone: 'VerifyPhone' }[what];
      const rule = broken(between(1, 20), `${name}Request.VerificationCode`);
      return [
        verify({}, rule),
        verify({ verificationCode: '' }, rule),
        verify({ verificationCode: 'x'.repeat(21) }, rule),
        verify({ verificationCode: null }, rule),
        verify({ verificationCode: 123456 }, fault('verificationCode must be a string.')),
        verify({ verificationCode: '\uD800' }, fault('verificationCode must be a string.')),
        verify({ verificationCode: 'ABC123' }, unknownCode),
      ];
    }),
  ];
  await target.assertAllRefused(
    cases.map(({ path, body, expected }): Request => ['POST', `/v2/users/${target.id}/${path}`, body, expected]),
  );
});

test('a creation with a part that is broken, or not built, is refused whole', async (t) => {
  const target = await openTarget(t);
  const person = {
    username: 'x',
    profile: { givenName: 'Half', familyName: 'Done' },
    email: { email: 'half@done.com' },
  };
  const notBuilt = (part: string): Expected => [501, 12, `${part} is not implemented here: leave it out`];
  const parts: readonly (readonly [object | string, Expected])[] = [
    [{ ...person, metadata: [{ key: 'k', value: '!' }] }, fault('metadata[0].value must be base64.')],
    [{ ...person, metadata: {} }, fault('metadata must be a list.')],
    [{ ...person, metadata: [{ key: 'a\0', value: 'eA==' }] }, fault('A key must not contain NUL or lone surrogates.')],
    [{ ...person, metadata: [null] }, fault('metadata[0] must be a JSON object.')],
    [{ ...person, idpLinks: [{ idpId: 'a', userId: 'b', userName: 'c' }] }, notBuilt('idpLinks')],
    [{ ...person, totpSecret: 'x' }, fault('totpSecret must be base32, with 16 to 128 characters.')],
    [{ ...person, organization: { orgId: '2' } }, 'COMMA-095xh8fll1'],
    [{ ...person, organization: { orgDomain: 'x' } }, 'COMMA-095xh8fll1'],
    [{ ...person, profile: null }, fault('invalid AddHumanUserRequest.Profile: value is required')],
    [{ ...person, email: null }, fault('invalid AddHumanUserRequest.Email: value is required')],
  ];
  await target.assertAllRefused(parts.map(([body, expected]): Request => ['POST', '/v2/users/human', body, expected]));
});
