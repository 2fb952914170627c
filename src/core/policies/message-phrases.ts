import type { MessageKind } from '#core/message.ts';

/** The sentences of all messages in one language. */
export interface Phrases {
  readonly hello: string;
  /** A mail's subject. */
  readonly subject: Readonly<Record<MessageKind, string>>;
  /** Said before the code, which ends the sentence. */
  readonly code: Readonly<Record<MessageKind, string>>;
  /** The same of an invitation to `{application}`. */
  readonly inviteTo: string;
  /** Said before how long it holds, as `60 minutes`, which ends the sentence. */
  readonly validFor: string;
  /** Said of the link. */
  readonly link: string;
  /** For whoever has asked for nothing. */
  readonly ignore: string;
}

/** By the language's own subtag. */
export const phrases: ReadonlyMap<string, Phrases> = new Map(
  Object.entries({
    en: {
      hello: 'Hello',
      subject: {
        email: 'Confirm your mail address',
        phone: 'Confirm your phone number',
        password: 'Set a new password',
        invite: 'You have been invited',
      },
      code: {
        email: 'Your code to confirm this mail address is',
        phone: 'Your code to confirm this number is',
        password: 'Your code to set a new password is',
        invite: 'Your code to accept the invitation is',
      },
      inviteTo: 'Your code to accept the invitation to {application} is',
      validFor: 'It is valid for',
      link: 'Or open this link:',
      ignore: 'If you have not asked for this, ignore this message.',
    },
    de: {
      hello: 'Guten Tag',
      subject: {
        email: 'Bestätigen Sie Ihre E-Mail-Adresse',
        phone: 'Bestätigen Sie Ihre Telefonnummer',
        password: 'Setzen Sie ein neues Passwort',
        invite: 'Sie sind eingeladen',
      },
      code: {
        email: 'Ihr Code zum Bestätigen dieser E-Mail-Adresse lautet',
        phone: 'Ihr Code zum Bestätigen dieser Nummer lautet',
        password: 'Ihr Code für ein neues Passwort lautet',
        invite: 'Ihr Code zum Annehmen der Einladung lautet',
      },
      inviteTo: 'Ihr Code zum Annehmen der Einladung zu {application} lautet',
      validFor: 'Er gilt noch',
      link: 'Oder öffnen Sie diesen Link:',
      ignore: 'Wenn Sie das nicht angefordert haben, können Sie diese Nachricht ignorieren.',
    },
    fr: {
      hello: 'Bonjour',
      subject: {
        email: 'Confirmez votre adresse e-mail',
        phone: 'Confirmez votre numéro de téléphone',
        password: 'Choisissez un nouveau mot de passe',
        invite: 'Vous êtes invité',
      },
      code: {
        email: 'Votre code pour confirmer cette adresse e-mail est',
        phone: 'Votre code pour confirmer ce numéro est',
        password: 'Votre code pour choisir un nouveau mot de passe est',
        invite: 'Votre code pour accepter l’invitation est',
      },
      inviteTo: 'Votre code pour accepter l’invitation à {application} est',
      validFor: 'Il est encore valable',
      link: 'Ou ouvrez ce lien :',
      ignore: 'Si vous n’avez rien demandé, ignorez ce message.',
    },
    it: {
      hello: 'Buongiorno',
      subject: {
        email: 'Conferma il tuo indirizzo e-mail',
        phone: 'Conferma il tuo numero di telefono',
        password: 'Scegli una nuova password',
        invite: 'Hai ricevuto un invito',
      },
      code: {
        email: 'Il tuo codice per confermare questo indirizzo e-mail è',
        phone: 'Il tuo codice per confermare questo numero è',
        password: 'Il tuo codice per scegliere una nuova password è',
        invite: 'Il tuo codice per accettare l’invito è',
      },
      inviteTo: 'Il tuo codice per accettare l’invito a {application} è',
      validFor: 'È valido ancora per',
      link: 'Oppure apri questo link:',
      ignore: 'Se non hai richiesto nulla, ignora questo messaggio.',
    },
    es: {
      hello: 'Hola',
      subject: {
        email: 'Confirme su dirección de correo',
        phone: 'Confirme su número de teléfono',
        password: 'Elija una nueva contraseña',
        invite: 'Ha recibido una invitación',
      },
      code: {
        email: 'Su código para confirmar esta dirección de correo es',
        phone: 'Su código para confirmar este número es',
        password: 'Su código para elegir una nueva contraseña es',
        invite: 'Su código para aceptar la invitación es',
      },
      inviteTo: 'Su código para aceptar la invitación a {application} es',
      validFor: 'Es válido durante',
      link: 'O abra este enlace:',
      ignore: 'Si no ha pedido nada, ignore este mensaje.',
    },
  }),
);

export const defaultLanguage = 'en';
