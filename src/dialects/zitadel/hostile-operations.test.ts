import { test } from 'node:test';
import { between, broken, type Expected, fault, openTarget, type Request } from './hostile-target.ts';

const plainFault = (field: string) =>
  fault(`${field} must not contain control characters, lone surrogates or bidi controls.`);
const invisible = fault('username must not contain control, invisible or direction-changing characters.');
const strangeId = fault('A given id must have 1 to 200 visible ASCII characters, and more than dots.');
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

test('bodies that the operations on contacts and passwords do not take', async (t) => {
  const target = await openTarget(t);
  const [email, phone, password] = [ofUser('email'), ofUser('phone'), ofUser('password')];
  const exclude = (members: string) => fault(`${members} exclude each other: send one of them.`);
  const notMail = broken('value must be a valid email address', 'SetEmailRequest.Email');
  const cases = [
    email({}, broken(between(1, 200), 'SetEmailRequest.Email')),
    email({ email: 'mini' }, notMail),
    email({ email: null, isVerified: true }, broken(between(1, 200), 'SetEmailRequest.Email')),
    email({ email: ['mini@mouse.com'] }, fault('email must be a string.')),
    email({ email: 'new@mouse.com', isVerified: 'true' }, fault('isVerified must be true or false.')),
    email({ email: 'new@mouse.com', isVerified: true, returnCode: {} }, exclude('returnCode, isVerified')),
    phone({ phone: {} }, fault('phone must be a string.')),
    phone({ phone: '+41 79\t123 45 67' }, 'PHONE-so0wa'),
    phone({ phone: '\u0000' }, 'PHONE-so0wa'),
    phone({ phone: '+41797654321', sendCode: [] }, fault('sendCode must be a JSON object.')),
    password({ newPassword: 'Secr3tP4ssw0rd!' }, fault('newPassword must be a JSON object.')),
    password({ newPassword: null, currentPassword: 'x' }, 'COMMAND-Mf0sd'),
    password({ newPassword: {} }, broken(between(1, 200), 'SetPasswordRequest.NewPassword', 'Password.Password')),
    password(
      { newPassword: { password: 'x' }, verificationCode: 'x'.repeat(21) },
      broken(between(1, 20), 'SetPasswordRequest.VerificationCode'),
    ),
    ...['email/send', 'email/resend', 'phone/resend'].map((path) =>
      ofUser(path)({ sendCode: {}, returnCode: {} }, exclude('sendCode, returnCode')),
    ),
  ];
  await target.assertAllRefused(
    cases.map(({ path, body, expected }): Request => ['POST', `/v2/users/${target.id}/${path}`, body, expected]),
  );
});

test('bodies that CreateUser and UpdateUser do not take', async (t) => {
  const target = await openTarget(t);
  const path = `/v2/users/${target.id}`;
  const types = 'ACCESS_TOKEN_TYPE_BEARER, ACCESS_TOKEN_TYPE_JWT';
  const machine = (more: object) => ({ organizationId: '1', machine: { name: 'Robot', ...more } });
  const cases: readonly (readonly [method: string, path: string, body: object, expected: Expected])[] = [
    ['PATCH', path, { human: [] }, fault('human must be a JSON object.')],
    ['PATCH', path, { human: { phone: { phone: '', sendCode: {} } } }, 'USERv2-4f3d6'],
    ['PATCH', path, { human: { profile: { displayName: 'a\u202Eb' } } }, plainFault('profile.displayName')],
    ['PATCH', path, { metadata: {} }, fault('metadata must be a list.')],
    ['PATCH', path, { user_id: '1', machine: { name: 7 } }, fault('machine.name must be a string.')],
    [
      'POST',
      '/v2/users/new',
      machine({ accessTokenType: 'X' }),
      fault(`machine.accessTokenType must be one of ${types}.`),
    ],
    ['POST', '/v2/users/new', machine({ name: 'a\u0007' }), plainFault('profile.displayName')],
    ['POST', '/v2/users/new', machine({ description: 'a\nb' }), plainFault('extensions.zitadel.description')],
    ['POST', '/v2/users/new', { ...machine({}), username: 'a\u200Bb' }, invisible],
    ['POST', '/v2/users/new', { ...machine({}), userId: 'ö' }, strangeId],
  ];
  await target.assertAllRefused(cases.map(([method, at, body, expected]): Request => [method, at, body, expected]));
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
